package org.kobako.block.format.codec;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.kobako.block.format.CorruptBlockException;
import org.kobako.block.format.OffHeapBuffer;

/** The codec {@code zlib} by the JDK's Inflater, which is native code on every VM. */
final class Zlib implements Decompressor {
  private final Inflater inflater = new Inflater();

  @Override
  public void decompress(
      OffHeapBuffer stored, int storedLength, OffHeapBuffer plain, int plainOffset, int plainLength)
      throws CorruptBlockException {
    ByteBuffer from = stored.bytes().limit(storedLength).position(0);
    ByteBuffer to = plain.bytes().limit(plainOffset + plainLength).position(plainOffset);
    inflater.reset();
    inflater.setInput(from);
    try {
      int length = inflater.inflate(to);
      if (length != plainLength || !inflater.finished() || inflater.getRemaining() != 0) {
        throw new CorruptBlockException(
            "zlib: " + length + " plain bytes, expected " + plainLength);
      }
    } catch (DataFormatException e) {
      throw new CorruptBlockException("zlib: " + e.getMessage(), e);
    } finally {
      from.clear();
      to.clear();
    }
  }

  @Override
  public String describe() {
    return "jdk";
  }
}
