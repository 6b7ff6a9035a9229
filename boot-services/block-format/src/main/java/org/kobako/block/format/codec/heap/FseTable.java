package org.kobako.block.format.codec.heap;

import java.util.Arrays;
import org.kobako.block.format.CorruptBlockException;

/**
 * A decoding table of Finite State Entropy (RFC 8878, section 4.1): for each state its symbol, and
 * the number of bits that, added to a base, give the next state.
 */
final class FseTable {
  private static final int MIN_LOG = 5;

  /** A probability of less than one: the symbol has a single state, which resets. */
  private static final int LESS_THAN_ONE = -1;

  private final int maxLog;
  private final int maxSymbol;

  /** State: base of the next one in bits 16-31, number of bits in 8-15, symbol in 0-7. */
  private final int[] states;

  private final short[] probabilities;
  private final short[] occurrences;
  private int log;

  FseTable(int maxLog, int maxSymbol) {
    this.maxLog = maxLog;
    this.maxSymbol = maxSymbol;
    this.states = new int[1 << maxLog];
    this.probabilities = new short[maxSymbol + 1];
    this.occurrences = new short[maxSymbol + 1];
  }

  /** A table of the format's own (section 3.1.1.3.2.2). */
  static FseTable predefined(int log, int... probabilities) {
    FseTable table = new FseTable(log, probabilities.length - 1);
    for (int symbol = 0; symbol < probabilities.length; symbol++) {
      table.probabilities[symbol] = (short) probabilities[symbol];
    }
    table.build(log);
    return table;
  }

  /** Bits of a first state. */
  int log() {
    return log;
  }

  /** All of a state in one word, for {@link #symbol}, {@link #bits} and {@link #next}. */
  int state(int state) {
    return states[state];
  }

  /** The state after one whose bits have been read. */
  int next(int state, int bits) {
    return states[base(state) + bits];
  }

  static int symbol(int state) {
    return state & 0xff;
  }

  static int bits(int state) {
    return state >> 8 & 0xff;
  }

  private static int base(int state) {
    return state >>> 16;
  }

  /** Becomes the table of a single symbol, whose states take no bits. */
  void set(int symbol) throws CorruptBlockException {
    if (symbol > maxSymbol) {
      throw new CorruptBlockException("zstd: symbol " + symbol + " of " + maxSymbol);
    }
    log = 0;
    states[0] = symbol;
  }

  /**
   * Becomes the table described at {@code offset} (section 4.1.1).
   *
   * @return the offset behind the description
   */
  int read(byte[] bytes, int offset, int end) throws CorruptBlockException {
    int bit = offset * Byte.SIZE;
    int tableLog = MIN_LOG + forward(bytes, bit, 4, end);
    bit += 4;
    if (tableLog > maxLog) {
      throw new CorruptBlockException("zstd: a table of 2^" + tableLog + " states");
    }
    Arrays.fill(probabilities, (short) 0);
    // Points left to give away, and one: a value is coded in just enough bits for 0..left.
    int left = (1 << tableLog) + 1;
    int symbol = 0;
    while (left > 1) {
      if (symbol > maxSymbol) {
        throw new CorruptBlockException("zstd: more than " + (maxSymbol + 1) + " symbols");
      }
      int width = BackwardBits.highestBit(left) + 1;
      int half = 1 << width - 1;
      int shorter = 2 * half - 1 - left;
      int value = forward(bytes, bit, width, end);
      if ((value & half - 1) < shorter) {
        value &= half - 1;
        bit += width - 1;
      } else {
        value -= value >= half ? shorter : 0;
        bit += width;
      }
      int probability = value - 1;
      left -= Math.abs(probability);
      probabilities[symbol++] = (short) probability;
      if (probability == 0) {
        int repeat;
        do {
          repeat = forward(bytes, bit, 2, end);
          bit += 2;
          symbol += repeat;
        } while (repeat == 3);
      }
    }
    int behind = bit + 7 >> 3;
    if (left != 1 || behind > end) {
      throw new CorruptBlockException("zstd: a table's probabilities do not add up");
    }
    build(tableLog);
    return behind;
  }

  /** Bits of a stream that is read from its beginning; zeros behind its end. */
  private static int forward(byte[] bytes, int bit, int count, int end) {
    int at = bit >> 3;
    int word = 0;
    for (int i = 0; i < 3 && at + i < end; i++) {
      word |= (bytes[at + i] & 0xff) << i * Byte.SIZE;
    }
    return word >> (bit & 7) & (1 << count) - 1;
  }

  private void build(int tableLog) {
    log = tableLog;
    int size = 1 << tableLog;
    int high = size;
    for (int symbol = 0; symbol <= maxSymbol; symbol++) {
      occurrences[symbol] = probabilities[symbol];
      if (probabilities[symbol] == LESS_THAN_ONE) {
        states[--high] = symbol;
        occurrences[symbol] = 1;
      }
    }
    int step = (size >> 1) + (size >> 3) + 3;
    int position = 0;
    for (int symbol = 0; symbol <= maxSymbol; symbol++) {
      for (int i = 0; i < probabilities[symbol]; i++) {
        states[position] = symbol;
        do {
          position = position + step & size - 1;
        } while (position >= high);
      }
    }
    for (int state = 0; state < size; state++) {
      int symbol = states[state];
      int occurrence = occurrences[symbol]++;
      int bits = tableLog - BackwardBits.highestBit(occurrence);
      states[state] = (occurrence << bits) - size << 16 | bits << 8 | symbol;
    }
  }
}
