package org.kobako.block.client.mount.nbd;

import java.io.IOException;
import java.util.BitSet;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.kobako.block.client.Disk;
import org.kobako.block.client.Reply;
import org.kobako.block.format.OffHeapBuffer;

/** Noise in memory, with holes, blocks that cannot be read and blocks that take their time. */
final class MemoryDisk implements Disk {
  static final String NAME = "debian";
  static final int BLOCK_BYTES = 64 << 10;

  /** A prime, so that no two blocks are equal. */
  private static final int NOISE_PERIOD_BYTES = 1_048_583;

  private final OffHeapBuffer bytes;
  private final BitSet holes = new BitSet();
  private final BitSet faulty = new BitSet();
  private final BitSet stalled = new BitSet();
  private final CountDownLatch released = new CountDownLatch(1);
  private boolean cached;
  private String name = NAME;
  private int bytesRead;
  private volatile boolean stalling;

  MemoryDisk(int lengthBytes) {
    bytes = OffHeapBuffer.allocate(lengthBytes);
    byte[] noise = new byte[NOISE_PERIOD_BYTES];
    new Random(42).nextBytes(noise);
    for (int at = 0; at < lengthBytes; at += noise.length) {
      bytes.bytes().put(at, noise, 0, Math.min(noise.length, lengthBytes - at));
    }
  }

  MemoryDisk withHole(int firstBlock, int blocks) {
    for (int block = firstBlock; block < firstBlock + blocks; block++) {
      holes.set(block);
      int start = block * BLOCK_BYTES;
      int length = Math.min(BLOCK_BYTES, bytes.capacityBytes() - start);
      bytes.bytes().put(start, new byte[length]);
    }
    return this;
  }

  MemoryDisk withFaultyBlock(int block) {
    faulty.set(block);
    return this;
  }

  /** Reads of that block wait for {@link #releaseStalledBlocks}. */
  MemoryDisk withStalledBlock(int block) {
    stalled.set(block);
    return this;
  }

  MemoryDisk named(String name) {
    this.name = name;
    return this;
  }

  /** Every read claims to be answered from memory. */
  MemoryDisk allCached() {
    cached = true;
    return this;
  }

  /** Whether somebody waits, or waited, for a stalled block. */
  boolean isStalling() {
    return stalling;
  }

  void releaseStalledBlocks() {
    released.countDown();
  }

  /** Bytes that were read so far, by a single thread. */
  int bytesRead() {
    return bytesRead;
  }

  /** What a client should get. */
  byte[] content(long offset, int length) {
    byte[] content = new byte[length];
    bytes.view().get((int) offset, content);
    return content;
  }

  byte[] content() {
    return content(0, bytes.capacityBytes());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long lengthBytes() {
    return bytes.capacityBytes();
  }

  @Override
  public int blockSizeBytes() {
    return BLOCK_BYTES;
  }

  @Override
  public boolean isHole(long offset) {
    return holes.get((int) (offset / BLOCK_BYTES));
  }

  @Override
  public long runEnd(long offset) {
    int block = (int) (offset / BLOCK_BYTES);
    int end = holes.get(block) ? holes.nextClearBit(block) : holes.nextSetBit(block);
    return end < 0 ? lengthBytes() : Math.min(lengthBytes(), (long) end * BLOCK_BYTES);
  }

  @Override
  public boolean isCached(long offset, int length) {
    return cached;
  }

  @Override
  public Reply newReply() {
    return new Reply(0, bytes, slot -> {});
  }

  @Override
  public void read(long offset, int length, Reply reply) throws IOException {
    int first = (int) (offset / BLOCK_BYTES);
    int end = (int) ((offset + length - 1) / BLOCK_BYTES) + 1;
    if (intersects(stalled, first, end)) {
      stalling = true;
      try {
        released.await();
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      }
    }
    if (intersects(faulty, first, end)) {
      throw new IOException("no upstream has a sound copy of block " + faulty.nextSetBit(first));
    }
    bytesRead += length;
    for (int at = (int) offset, left = length; left > 0; ) {
      int part = Math.min(left, BLOCK_BYTES - at % BLOCK_BYTES);
      if (isHole(at)) {
        reply.appendZeros(part);
      } else {
        reply.appendSlot(0, at, part);
      }
      at += part;
      left -= part;
    }
  }

  private static boolean intersects(BitSet blocks, int first, int end) {
    int block = blocks.nextSetBit(first);
    return block >= 0 && block < end;
  }
}
