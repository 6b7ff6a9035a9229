package org.kobako.block.client.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kobako.block.client.Disk;
import org.kobako.block.client.Reply;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.OffHeapBuffer;

/**
 * A disk whose bytes all lie in memory, handed out where they lie, as a block cache does with its
 * slots: what remains is the cost of the mount.
 */
public final class MemoryDisk implements Disk {
  private final String name;
  private final OffHeapBuffer bytes;

  /**
   * @param bytes the whole disk; not written any more
   */
  public MemoryDisk(String name, OffHeapBuffer bytes) {
    this.name = name;
    this.bytes = bytes;
  }

  /** A disk of the bytes that {@link #wordAt} tells. */
  public static MemoryDisk ofPattern(String name, int lengthBytes) {
    OffHeapBuffer bytes = OffHeapBuffer.allocate(lengthBytes);
    ByteBuffer words = bytes.view().order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at <= lengthBytes - Long.BYTES; at += Long.BYTES) {
      words.putLong(at, wordAt(at));
    }
    return new MemoryDisk(name, bytes);
  }

  /** The little-endian word that the pattern has at an offset, a multiple of 8. */
  public static long wordAt(long offset) {
    return (offset + 1) * 0x9E3779B97F4A7C15L;
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
    return BlockSize.DEFAULT_BYTES;
  }

  @Override
  public boolean isHole(long offset) {
    return false;
  }

  @Override
  public long runEnd(long offset) {
    return lengthBytes();
  }

  @Override
  public Reply newReply() {
    return new Reply(0, bytes, slot -> {});
  }

  @Override
  public void read(long offset, int length, Reply reply) {
    long end = offset + length;
    for (long at = offset; at < end; ) {
      int block = (int) (at / BlockSize.DEFAULT_BYTES);
      long blockEnd = (block + 1L) * BlockSize.DEFAULT_BYTES;
      int part = (int) (Math.min(end, blockEnd) - at);
      reply.appendSlot(block, (int) at, part);
      at += part;
    }
  }
}
