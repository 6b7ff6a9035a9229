package org.kobako.block.format.codec.heap;

import org.kobako.block.format.CorruptBlockException;

/**
 * LZ4 block format (lz4_Block_format.md of the LZ4 project): sequences of a token, literals and a
 * match; the last one has literals only.
 *
 * <pre>
 * token  literal length - 15.. literals     distance (LE) match length - 19..
 * +----+ +---- - - ----+       +- - - - -+  +----+----+   +---- - - ----+
 * |L  M| | 255 .. 0-254|       |  bytes  |  |    |    |   | 255 .. 0-254|
 * +----+ +---- - - ----+       +- - - - -+  +----+----+   +---- - - ----+
 *        if L is 15                                       if M is 15
 * </pre>
 */
public final class Lz4Decoder implements HeapDecoder {
  private static final int MIN_MATCH = 4;
  private static final int EXTENDED = 15;

  @Override
  public int decode(byte[] stored, int storedLength, byte[] plain, int plainLength)
      throws CorruptBlockException {
    int in = 0;
    int out = 0;
    while (in < storedLength) {
      int token = stored[in++] & 0xff;
      int literals = token >> 4;
      if (literals == EXTENDED) {
        int more;
        do {
          more = stored[in++] & 0xff;
          literals += more;
        } while (more == 0xff);
      }
      if (literals > storedLength - in || literals > plainLength - out) {
        throw new CorruptBlockException("lz4: " + literals + " literals do not fit at " + in);
      }
      System.arraycopy(stored, in, plain, out, literals);
      in += literals;
      out += literals;
      if (in == storedLength) {
        return out;
      }

      int distance = (stored[in] & 0xff) | (stored[in + 1] & 0xff) << 8;
      in += 2;
      int length = token & 0xf;
      if (length == EXTENDED) {
        int more;
        do {
          more = stored[in++] & 0xff;
          length += more;
        } while (more == 0xff);
      }
      length += MIN_MATCH;
      if (distance == 0 || distance > out || length > plainLength - out) {
        throw new CorruptBlockException(
            "lz4: " + length + " bytes from " + distance + " back do not fit at " + out);
      }
      ByteCopy.repeat(plain, out, distance, length);
      out += length;
    }
    throw new CorruptBlockException("lz4: no literals at the end");
  }
}
