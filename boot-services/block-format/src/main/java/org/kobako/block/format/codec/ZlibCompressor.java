package org.kobako.block.format.codec;

import java.util.zip.Deflater;
import org.kobako.block.format.OffHeapBuffer;

/** The codec {@code zlib} by the JDK's Deflater, which is native code on every VM. */
final class ZlibCompressor extends BoundedCompressor {
  private final int level;
  private final Deflater deflater;

  ZlibCompressor(int level) {
    this.level = level;
    this.deflater = new Deflater(level);
  }

  @Override
  long encode(OffHeapBuffer plain, int plainLength, OffHeapBuffer stored) {
    deflater.reset();
    deflater.setInput(plain.bytes().limit(plainLength));
    deflater.finish();
    int length = deflater.deflate(stored.bytes().limit(storedCapacity(plainLength)));
    return deflater.finished() ? length : DOES_NOT_SHRINK;
  }

  @Override
  public int storedCapacity(int plainLength) {
    return plainLength;
  }

  @Override
  public String describe() {
    return "jdk level " + level;
  }

  @Override
  public void close() {
    deflater.end();
  }
}
