package org.kobako.block.format.codec;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.kobako.block.format.CorruptBlockException;
import org.kobako.block.format.OffHeapBuffer;

/** The codec {@code zlib} by the JDK's Inflater, which is native code on every VM. */
final class ZlibDecompressor extends BoundedDecompressor {
  private final Inflater inflater = new Inflater();

  @Override
  long decode(
      OffHeapBuffer stored, int storedLength, OffHeapBuffer plain, int plainOffset, int plainLength)
      throws CorruptBlockException {
    try {
      inflater.reset();
      inflater.setInput(stored.bytes().limit(storedLength));
      int length =
          inflater.inflate(plain.bytes().limit(plainOffset + plainLength).position(plainOffset));
      if (!inflater.finished() || inflater.getRemaining() != 0) {
        throw new CorruptBlockException(
            "zlib: the stream does not end with its " + storedLength + " stored bytes");
      }
      return length;
    } catch (DataFormatException e) {
      throw new CorruptBlockException("zlib: " + e.getMessage(), e);
    }
  }

  @Override
  public String describe() {
    return "jdk";
  }
}
