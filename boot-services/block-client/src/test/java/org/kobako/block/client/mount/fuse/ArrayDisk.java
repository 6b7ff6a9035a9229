package org.kobako.block.client.mount.fuse;

import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.kobako.block.client.Disk;
import org.kobako.block.client.Reply;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.OffHeapBuffer;

/**
 * A disk in memory that answers with every kind of part: whole blocks from slots, blocks of zeros
 * as zeros, a short last block from the reply's own room; any block can be made unreadable.
 */
final class ArrayDisk implements Disk {
  static final int BLOCK_BYTES = BlockSize.MIN_BYTES;

  private final String name;
  private final byte[] plain;
  private final OffHeapBuffer slots;
  private final boolean[] holes;
  private final Set<Integer> unreadable = ConcurrentHashMap.newKeySet();

  ArrayDisk(String name, byte[] plain) {
    this.name = name;
    this.plain = plain;
    this.slots = OffHeapBuffer.allocate(plain.length);
    slots.bytes().put(0, plain);
    this.holes = new boolean[(int) BlockSize.blocksOf(plain.length, BLOCK_BYTES)];
    for (int i = 0; i < holes.length; i++) {
      int end = Math.min(plain.length, (i + 1) * BLOCK_BYTES);
      holes[i] =
          Arrays.equals(
              plain, i * BLOCK_BYTES, end, new byte[BLOCK_BYTES], 0, end - i * BLOCK_BYTES);
    }
  }

  /** From now on no source has this block. */
  ArrayDisk withoutBlock(int blockNumber) {
    unreadable.add(blockNumber);
    return this;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long lengthBytes() {
    return plain.length;
  }

  @Override
  public int blockSizeBytes() {
    return BLOCK_BYTES;
  }

  @Override
  public boolean isHole(long offset) {
    return holes[(int) (offset / BLOCK_BYTES)];
  }

  @Override
  public long runEnd(long offset) {
    int block = (int) (offset / BLOCK_BYTES);
    boolean hole = holes[block];
    while (block < holes.length && holes[block] == hole) {
      block++;
    }
    return Math.min(plain.length, (long) block * BLOCK_BYTES);
  }

  @Override
  public Reply newReply() {
    return new Reply(0, slots, slot -> {});
  }

  @Override
  public void read(long offset, int length, Reply reply) throws IOException {
    int end = (int) offset + length;
    for (int at = (int) offset; at < end; ) {
      int block = at / BLOCK_BYTES;
      int part = Math.min(end, (block + 1) * BLOCK_BYTES) - at;
      if (unreadable.contains(block)) {
        throw new IOException("block " + block + " of " + name + ": no upstream has a sound copy");
      }
      if (holes[block]) {
        reply.appendZeros(part);
      } else if (block == holes.length - 1) {
        reply.room().bytes().put(reply.appendRoom(part), plain, at, part);
      } else {
        reply.appendSlot(block, at, part);
      }
      at += part;
    }
  }
}
