package org.kobako.block.format.codec;

import java.nio.ByteBuffer;
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
    ByteBuffer from = stored.bytes();
    ByteBuffer to = plain.bytes();
    int fromPosition = from.position();
    int fromLimit = from.limit();
    int toPosition = to.position();
    int toLimit = to.limit();
    from.limit(storedLength).position(0);
    to.limit(plainOffset + plainLength).position(plainOffset);
    try {
      inflater.reset();
      inflater.setInput(from);
      int length = inflater.inflate(to);
      if (!inflater.finished() || inflater.getRemaining() != 0) {
        throw new CorruptBlockException(
            "zlib: the stream does not end with its " + storedLength + " stored bytes");
      }
      return length;
    } catch (DataFormatException e) {
      throw new CorruptBlockException("zlib: " + e.getMessage(), e);
    } finally {
      from.limit(fromLimit).position(fromPosition);
      to.limit(toLimit).position(toPosition);
    }
  }

  @Override
  public String describe() {
    return "jdk";
  }
}
