package org.kobako.block.format.codec;

import java.nio.ByteBuffer;
import java.util.zip.Deflater;
import org.kobako.block.format.OffHeapBuffer;

/** The codec {@code zlib} by the JDK's Deflater, which is native code on every VM. */
final class ZlibCompressor extends BoundedCompressor {
  private final Deflater deflater;

  ZlibCompressor(int level) {
    this.deflater = new Deflater(level);
  }

  @Override
  long encode(OffHeapBuffer plain, int plainLength, OffHeapBuffer stored) {
    ByteBuffer from = plain.bytes();
    ByteBuffer to = stored.bytes();
    int fromPosition = from.position();
    int fromLimit = from.limit();
    int toPosition = to.position();
    int toLimit = to.limit();
    from.limit(plainLength).position(0);
    to.limit(storedCapacity(plainLength)).position(0);
    try {
      deflater.reset();
      deflater.setInput(from);
      deflater.finish();
      int length = deflater.deflate(to);
      return deflater.finished() ? length : DOES_NOT_SHRINK;
    } finally {
      from.limit(fromLimit).position(fromPosition);
      to.limit(toLimit).position(toPosition);
    }
  }

  @Override
  public int storedCapacity(int plainLength) {
    return plainLength;
  }

  @Override
  public String describe() {
    return "jdk";
  }

  @Override
  public void close() {
    deflater.end();
  }
}
