package org.kobako.caching.proxy.fetch;

import java.nio.ByteBuffer;
import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.block.format.digest.Digester;
import org.kobako.block.format.digest.Digesters;

/** A stored block, in memory: it is short, and its end is held back until all is verified. */
final class MemorySpool implements Spool {
  /** A context of the platform's library, or of the JDK's, for each thread that verifies. */
  private static final ThreadLocal<Digester> DIGESTER =
      ThreadLocal.withInitial(Digesters::newDigester);

  private final BlockBuffers buffers;
  private final OffHeapBuffer bytes;
  private int length;
  private boolean isClosed;

  MemorySpool(BlockBuffers buffers, int capacityBytes) {
    this.buffers = buffers;
    this.bytes = buffers.take(capacityBytes);
  }

  @Override
  public void append(ByteBuffer more) {
    int from = more.position();
    int count = more.remaining();
    bytes.bytes().put(length, more, from, count);
    more.position(from + count);
    length += count;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public boolean reaches(long offset) {
    return true;
  }

  @Override
  public ByteBuffer piece(long offset, long limit, ByteBuffer own) {
    return bytes.view().slice((int) offset, (int) (limit - offset));
  }

  @Override
  public boolean equals(long offset, ByteBuffer others) {
    int count = (int) Math.min(others.remaining(), length - offset);
    return bytes.view().slice((int) offset, count).equals(others.slice(others.position(), count));
  }

  @Override
  public void truncate(long offset) {
    length = (int) offset;
  }

  @Override
  public String digestHex() {
    BlockDigest digest = new BlockDigest();
    DIGESTER.get().digest(bytes, length, digest);
    return digest.toHex();
  }

  /** All of it. */
  ByteBuffer whole() {
    return bytes.view().slice(0, length);
  }

  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      buffers.give(bytes);
    }
  }
}
