package org.kobako.block.format.codec.heap;

import org.jspecify.annotations.Nullable;
import org.kobako.block.format.CorruptBlockException;

/**
 * The sequences section of a compressed block (RFC 8878, section 3.1.1.3.2): so many literals, then
 * a match, and so on, in three interleaved codes whose tables may outlive the block.
 */
final class ZstdSequences {
  private static final FseTable LITERAL_LENGTHS =
      FseTable.predefined(
          6, 4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1,
          1, 1, 1, -1, -1, -1, -1);
  private static final FseTable MATCH_LENGTHS =
      FseTable.predefined(
          6, 1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
          1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1);
  private static final FseTable DISTANCES =
      FseTable.predefined(
          5, 1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1,
          -1);

  /** Bits that follow a code of a literal length, and the length that they are added to. */
  private static final byte[] LITERAL_BITS = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11,
    12, 13, 14, 15, 16
  };

  private static final int[] LITERAL_BASES = bases(0, LITERAL_BITS);

  /** The same of a match length. */
  private static final byte[] MATCH_BITS = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
  };

  private static final int[] MATCH_BASES = bases(3, MATCH_BITS);

  /** A distance of more bits than a plain block can be long is none. */
  private static final int MAX_DISTANCE_BITS = BackwardBits.MAX_READ;

  private static final int MODE_PREDEFINED = 0;
  private static final int MODE_SINGLE = 1;
  private static final int MODE_DESCRIBED = 2;

  private final BackwardBits bits = new BackwardBits();
  private final Code literalLengths = new Code(LITERAL_LENGTHS, 9, LITERAL_BITS.length - 1);
  private final Code distances = new Code(DISTANCES, 8, 31);
  private final Code matchLengths = new Code(MATCH_LENGTHS, 9, MATCH_BITS.length - 1);

  /** The next literal of the block, and where the next plain byte goes. */
  private int literal;

  private int out;

  private int recent1;
  private int recent2;
  private int recent3;

  /** Each code begins where the one before it ends. */
  private static int[] bases(int first, byte[] bits) {
    int[] bases = new int[bits.length];
    int base = first;
    for (int code = 0; code < bits.length; code++) {
      bases[code] = base;
      base += 1 << bits[code];
    }
    return bases;
  }

  /** Forgets what an earlier frame left. */
  void reset() {
    literalLengths.current = null;
    distances.current = null;
    matchLengths.current = null;
    recent1 = 1;
    recent2 = 4;
    recent3 = 8;
  }

  /**
   * Executes the section at {@code offset}, which ends at {@code end}, and puts out what literals
   * are left.
   *
   * @param plainEnd the offset that the block's plain bytes do not reach beyond
   * @return the offset behind them
   */
  int execute(
      byte[] stored,
      int offset,
      int end,
      ZstdLiterals literals,
      byte[] plain,
      int plainOffset,
      int plainEnd)
      throws CorruptBlockException {
    literal = literals.offset();
    out = plainOffset;
    int in = offset;
    int count = stored[in++] & 0xff;
    if (count == 0xff) {
      count = 0x7f00 + (stored[in] & 0xff) + ((stored[in + 1] & 0xff) << 8);
      in += 2;
    } else if (count >= 0x80) {
      count = (count - 0x80 << 8) + (stored[in++] & 0xff);
    }
    if (count > 0) {
      int modes = stored[in++] & 0xff;
      if ((modes & 3) != 0) {
        throw new CorruptBlockException("zstd: reserved bits in a sequences section");
      }
      in = literalLengths.read(modes >> 6, stored, in, end);
      in = distances.read(modes >> 4 & 3, stored, in, end);
      in = matchLengths.read(modes >> 2 & 3, stored, in, end);
      bits.open(stored, in, end - in);
      executeAll(count, stored, in, literals, plain, plainEnd);
    } else if (in != end) {
      throw new CorruptBlockException("zstd: " + (end - in) + " bytes behind no sequences");
    }
    putLiterals(literals, literals.end() - literal, plain, plainEnd);
    return out;
  }

  /** The stream of sequences from {@code in} on, which {@link #bits} has just opened. */
  private void executeAll(
      int count, byte[] stored, int in, ZstdLiterals literals, byte[] plain, int plainEnd)
      throws CorruptBlockException {
    FseTable literalTable = literalLengths.table();
    FseTable distanceTable = distances.table();
    FseTable matchTable = matchLengths.table();
    int literalState = literalTable.state(bits.read(literalTable.log()));
    int distanceState = distanceTable.state(bits.read(distanceTable.log()));
    int matchState = matchTable.state(bits.read(matchTable.log()));
    int remaining = bits.remaining();

    for (int left = count; ; ) {
      int distanceBits = FseTable.symbol(distanceState);
      if (distanceBits > MAX_DISTANCE_BITS) {
        throw new CorruptBlockException("zstd: a distance of " + distanceBits + " bits");
      }
      int word = BackwardBits.top(stored, in, remaining);
      int distanceValue = (1 << distanceBits) + BackwardBits.first(word, distanceBits);
      remaining -= distanceBits;

      int matchCode = FseTable.symbol(matchState);
      int length = MATCH_BASES[matchCode];
      int matchBits = MATCH_BITS[matchCode];
      if (matchBits > 0) {
        length += BackwardBits.first(BackwardBits.top(stored, in, remaining), matchBits);
        remaining -= matchBits;
      }
      int literalCode = FseTable.symbol(literalState);
      int run = LITERAL_BASES[literalCode];
      int literalBits = LITERAL_BITS[literalCode];
      if (literalBits > 0) {
        run += BackwardBits.first(BackwardBits.top(stored, in, remaining), literalBits);
        remaining -= literalBits;
      }

      putLiterals(literals, run, plain, plainEnd);
      putMatch(distance(distanceValue, run), length, plain, plainEnd);
      if (--left == 0) {
        break;
      }

      // At most 9, 9 and 8 bits: two from one word, the third from another.
      word = BackwardBits.top(stored, in, remaining);
      int step = FseTable.bits(literalState);
      literalState = literalTable.next(literalState, BackwardBits.first(word, step));
      word <<= step;
      remaining -= step;
      step = FseTable.bits(matchState);
      matchState = matchTable.next(matchState, BackwardBits.first(word, step));
      remaining -= step;
      word = BackwardBits.top(stored, in, remaining);
      step = FseTable.bits(distanceState);
      distanceState = distanceTable.next(distanceState, BackwardBits.first(word, step));
      remaining -= step;
    }
    if (remaining != 0) {
      throw new CorruptBlockException("zstd: the sequences end " + remaining + " bits early");
    }
  }

  private void putLiterals(ZstdLiterals literals, int run, byte[] plain, int plainEnd)
      throws CorruptBlockException {
    if (run > literals.end() - literal || run > plainEnd - out) {
      throw new CorruptBlockException("zstd: " + run + " literals do not fit at " + out);
    }
    System.arraycopy(literals.bytes(), literal, plain, out, run);
    literal += run;
    out += run;
  }

  private void putMatch(int distance, int length, byte[] plain, int plainEnd)
      throws CorruptBlockException {
    if (distance > out || length > plainEnd - out) {
      throw new CorruptBlockException(
          "zstd: " + length + " bytes from " + distance + " back do not fit at " + out);
    }
    ByteCopy.repeat(plain, out, distance, length);
    out += length;
  }

  /** Values 1-3 name a recent distance (section 3.1.1.5), the others are 3 more than a new one. */
  private int distance(int value, int run) throws CorruptBlockException {
    int distance;
    if (value > 3) {
      distance = value - 3;
      recent3 = recent2;
    } else {
      // Behind no literals the most recent one would only have made the last match longer.
      int number = run == 0 ? value + 1 : value;
      if (number == 1) {
        return recent1;
      }
      if (number == 2) {
        distance = recent2;
      } else {
        distance = number == 3 ? recent3 : recent1 - 1;
        recent3 = recent2;
      }
      if (distance == 0) {
        throw new CorruptBlockException("zstd: a distance of 0");
      }
    }
    recent2 = recent1;
    recent1 = distance;
    return distance;
  }

  /** One of the three codes: the table in use, and room for a table that a block describes. */
  private static final class Code {
    private final FseTable predefined;
    private final FseTable described;
    private @Nullable FseTable current;

    Code(FseTable predefined, int maxLog, int maxSymbol) {
      this.predefined = predefined;
      this.described = new FseTable(maxLog, maxSymbol);
    }

    int read(int mode, byte[] stored, int offset, int end) throws CorruptBlockException {
      switch (mode) {
        case MODE_PREDEFINED -> {
          current = predefined;
          return offset;
        }
        case MODE_SINGLE -> {
          described.set(stored[offset] & 0xff);
          current = described;
          return offset + 1;
        }
        case MODE_DESCRIBED -> {
          int behind = described.read(stored, offset, end);
          current = described;
          return behind;
        }
        default -> {
          // The table of the block before.
          return offset;
        }
      }
    }

    FseTable table() throws CorruptBlockException {
      if (current == null) {
        throw new CorruptBlockException("zstd: the first block repeats a table");
      }
      return current;
    }
  }
}
