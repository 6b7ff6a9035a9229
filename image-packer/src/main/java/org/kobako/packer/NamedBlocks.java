package org.kobako.packer;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.BlockIndex;

/**
 * The blocks that some indexes name, each once: an open-addressed table of references into the
 * indexes, 8 bytes a slot.
 *
 * <p>A store may name more blocks than fit in memory. So work over them goes in {@link #passes},
 * each over the blocks whose digests begin with some bytes only; a table then holds about a million
 * blocks, and takes no more than a quarter of the heap of a small box. Belongs to one thread.
 */
final class NamedBlocks {
  /** A table is at most half full, and there are two while it grows: 24 bytes a block. */
  private static final long BLOCKS_PER_PASS =
      Math.min(1 << 20, Runtime.getRuntime().maxMemory() / 4 / 24);

  private static final int FIRST_BYTES = 256;
  private static final int FIRST_SLOTS = 1 << 10;
  private static final long FREE = 0;

  private final List<BlockIndex> indexes;
  private final BlockDigest digest = new BlockDigest();
  private final BlockDigest other = new BlockDigest();

  /** (Ordinal of the index + 1) in the high half, block number in the low one. */
  private long[] slots = new long[FIRST_SLOTS];

  private int used;

  NamedBlocks(List<BlockIndex> indexes) {
    this.indexes = indexes;
  }

  /** Over how many parts of the digests, each of equal width, to work one after the other. */
  static int passes(List<BlockIndex> indexes) {
    long entries = 0;
    for (BlockIndex index : indexes) {
      entries += index.blockCount();
    }
    int passes = 1;
    while (passes < FIRST_BYTES && entries / passes > BLOCKS_PER_PASS) {
      passes *= 2;
    }
    return passes;
  }

  /** First bytes of the digests of a pass: from this one, up to that of the next pass. */
  static int firstByteOf(int pass, int passes) {
    return pass * (FIRST_BYTES / passes);
  }

  /** Takes each block of one pass that is not zeros, once. */
  void addAll(int pass, int passes, @Nullable BlockVisitor visitor) throws IOException {
    int from = firstByteOf(pass, passes);
    int to = firstByteOf(pass + 1, passes);
    for (int ordinal = 0; ordinal < indexes.size(); ordinal++) {
      BlockIndex index = indexes.get(ordinal);
      for (int number = 0; number < index.blockCount(); number++) {
        if (index.isZeros(number)) {
          continue;
        }
        index.digest(number, digest);
        int first = digest.bytes()[0] & 0xff;
        if (first >= from && first < to && add(ordinal, number) && visitor != null) {
          visitor.visit(index, number);
        }
      }
    }
  }

  /** Takes one named block. */
  @FunctionalInterface
  interface BlockVisitor {
    void visit(BlockIndex index, int blockNumber) throws IOException;
  }

  /** Blocks taken. */
  int size() {
    return used;
  }

  /** Whether a block taken has this name. */
  boolean contains(BlockDigest name) {
    for (int slot = slotOf(name); slots[slot] != FREE; slot = slot + 1 & slots.length - 1) {
      indexOf(slots[slot]).digest(numberOf(slots[slot]), other);
      if (other.sameAs(name)) {
        return true;
      }
    }
    return false;
  }

  /** Takes the block whose digest is in {@link #digest}, unless an equal one was taken. */
  private boolean add(int ordinal, int number) {
    int slot = slotOf(digest);
    for (; slots[slot] != FREE; slot = slot + 1 & slots.length - 1) {
      if (isSame(indexOf(slots[slot]), numberOf(slots[slot]), indexes.get(ordinal), number)) {
        return false;
      }
    }
    slots[slot] = (ordinal + 1L) << 32 | number;
    used++;
    if (used > slots.length / 2) {
      grow();
    }
    return true;
  }

  /** Same stored bytes, read in the same way: indexes may differ about that, though none should. */
  private boolean isSame(BlockIndex a, int numberA, BlockIndex b, int numberB) {
    a.digest(numberA, other);
    return other.sameAs(digest)
        && a.codec(numberA) == b.codec(numberB)
        && a.storedLength(numberA) == b.storedLength(numberB)
        && a.plainLength(numberA) == b.plainLength(numberB);
  }

  private void grow() {
    long[] old = slots;
    slots = new long[old.length * 2];
    for (long reference : old) {
      if (reference != FREE) {
        indexOf(reference).digest(numberOf(reference), other);
        int slot = slotOf(other);
        while (slots[slot] != FREE) {
          slot = slot + 1 & slots.length - 1;
        }
        slots[slot] = reference;
      }
    }
  }

  /** A digest is as good as random; its first byte is the same for all of a narrow pass. */
  private int slotOf(BlockDigest name) {
    byte[] bytes = name.bytes();
    int hash =
        (bytes[1] & 0xff) << 24
            | (bytes[2] & 0xff) << 16
            | (bytes[3] & 0xff) << 8
            | bytes[4] & 0xff;
    return hash & slots.length - 1;
  }

  private BlockIndex indexOf(long reference) {
    return indexes.get((int) (reference >>> 32) - 1);
  }

  private static int numberOf(long reference) {
    return (int) reference;
  }
}
