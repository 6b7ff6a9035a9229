package org.kobako.block.format.codec.heap;

import org.kobako.block.format.CorruptBlockException;

/**
 * LZO1X, as the Linux kernel's Documentation/staging/lzo.rst describes it. An instruction copies a
 * match and then up to three literals, whose number stands in the low bits of its last byte but
 * one; what an instruction below 16 means depends on the literals before it.
 *
 * <pre>
 * instruction    operands     match                                after
 * 0000LLLL       0* bytes     none: 3 + L literals                 no literal
 * 0000DDSS       H            2 bytes from (H &lt;&lt; 2) + D + 1         1-3 literals
 * 0000DDSS       H            3 bytes from (H &lt;&lt; 2) + D + 2049      a run of literals
 * 0001HLLL       0* bytes, D  2 + L bytes from 16384 + (H &lt;&lt; 14) + (D &gt;&gt; 2); D LE, low bits are S;
 *                             distance 16384 itself ends the block
 * 001LLLLL       0* bytes, D  2 + L bytes from (D &gt;&gt; 2) + 1
 * LLLDDDSS       H            1 + L bytes from (H &lt;&lt; 3) + D + 1      (L is 2-7)
 * </pre>
 *
 * An L of 0 is extended: its largest value, 255 for every zero byte that follows, and one byte
 * more. A first byte above 17 is a run of literals that much longer than 17.
 */
public final class LzoDecoder implements HeapDecoder {
  private static final int FIRST_RUN = 17;

  /** State after a run of literals; below, it is the number of literals after a match. */
  private static final int AFTER_RUN = 4;

  private int in;

  @Override
  public int decode(byte[] stored, int storedLength, byte[] plain, int plainLength)
      throws CorruptBlockException {
    in = 0;
    int out = 0;
    int state = 0;
    int first = stored[0] & 0xff;
    if (first > FIRST_RUN) {
      in = 1;
      int run = first - FIRST_RUN;
      out = literals(stored, storedLength, plain, plainLength, out, run);
      state = Math.min(run, AFTER_RUN);
    }
    while (in < storedLength) {
      int instruction = stored[in++] & 0xff;
      int distance;
      int length;
      int next;
      if (instruction >= 64) {
        distance = 1 + (instruction >> 2 & 7) + ((stored[in++] & 0xff) << 3);
        length = (instruction >> 5) + 1;
        next = instruction & 3;
      } else if (instruction >= 32) {
        length = 2 + length(stored, instruction & 31, 31);
        int word = word(stored);
        distance = 1 + (word >> 2);
        next = word & 3;
      } else if (instruction >= 16) {
        length = 2 + length(stored, instruction & 7, 7);
        int word = word(stored);
        distance = 0x4000 + ((instruction & 8) << 11) + (word >> 2);
        next = word & 3;
        if (distance == 0x4000) {
          return end(storedLength, out);
        }
      } else if (state == 0) {
        int run = 3 + length(stored, instruction, 15);
        out = literals(stored, storedLength, plain, plainLength, out, run);
        state = AFTER_RUN;
        continue;
      } else {
        distance = 1 + (instruction >> 2) + ((stored[in++] & 0xff) << 2);
        length = 2;
        if (state == AFTER_RUN) {
          distance += 0x800;
          length = 3;
        }
        next = instruction & 3;
      }
      if (distance > out || length > plainLength - out) {
        throw new CorruptBlockException(
            "lzo: " + length + " bytes from " + distance + " back do not fit at " + out);
      }
      ByteCopy.repeat(plain, out, distance, length);
      out = literals(stored, storedLength, plain, plainLength, out + length, next);
      state = next;
    }
    throw new CorruptBlockException("lzo: no end marker");
  }

  private int end(int storedLength, int out) throws CorruptBlockException {
    if (in != storedLength) {
      throw new CorruptBlockException(
          "lzo: the end marker stands at " + in + " of " + storedLength + " stored bytes");
    }
    return out;
  }

  private int literals(
      byte[] stored, int storedLength, byte[] plain, int plainLength, int out, int count)
      throws CorruptBlockException {
    if (count > storedLength - in || count > plainLength - out) {
      throw new CorruptBlockException("lzo: " + count + " literals do not fit at " + in);
    }
    System.arraycopy(stored, in, plain, out, count);
    in += count;
    return out + count;
  }

  private int length(byte[] stored, int value, int largest) {
    if (value != 0) {
      return value;
    }
    int length = largest;
    while (stored[in] == 0) {
      length += 255;
      in++;
    }
    return length + (stored[in++] & 0xff);
  }

  private int word(byte[] stored) {
    int word = (stored[in] & 0xff) | (stored[in + 1] & 0xff) << 8;
    in += 2;
    return word;
  }
}
