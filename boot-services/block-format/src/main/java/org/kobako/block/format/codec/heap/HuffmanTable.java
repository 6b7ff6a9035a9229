package org.kobako.block.format.codec.heap;

import java.util.Arrays;
import org.kobako.block.format.CorruptBlockException;

/** A Huffman code of literals (RFC 8878, section 4.2). */
final class HuffmanTable {
  private static final int MAX_BITS = 11;
  private static final int MAX_SYMBOL = 255;

  /** A header byte from here on counts weights that follow in four bits each. */
  private static final int DIRECT = 128;

  private final byte[] weights = new byte[MAX_SYMBOL + 1];
  private final FseTable weightTable = new FseTable(6, MAX_BITS);
  private final BackwardBits bits = new BackwardBits();

  /** By the next {@link #maxBits} bits: length of the code in bits 8-15, symbol in 0-7. */
  private final short[] codes = new short[1 << MAX_BITS];

  private int maxBits;

  /**
   * Becomes the code described at {@code offset}.
   *
   * @return the offset behind the description
   */
  int read(byte[] bytes, int offset, int end) throws CorruptBlockException {
    int header = bytes[offset] & 0xff;
    int from = offset + 1;
    int count;
    int behind;
    if (header >= DIRECT) {
      count = header - DIRECT + 1;
      behind = from + (count + 1) / 2;
      requireBefore(behind, end);
      for (int i = 0; i < count; i++) {
        weights[i] = (byte) (bytes[from + i / 2] >> (i % 2 == 0 ? 4 : 0) & 0xf);
      }
    } else {
      behind = from + header;
      requireBefore(behind, end);
      count = compressedWeights(bytes, from, behind);
    }
    build(count);
    return behind;
  }

  private static void requireBefore(int behind, int end) throws CorruptBlockException {
    if (behind > end) {
      throw new CorruptBlockException("zstd: a Huffman code is described beyond its block");
    }
  }

  /** Two interleaved states, until one of them would need bits that are not there. */
  private int compressedWeights(byte[] bytes, int from, int end) throws CorruptBlockException {
    int stream = weightTable.read(bytes, from, end);
    bits.open(bytes, stream, end - stream);
    int even = weightTable.state(bits.read(weightTable.log()));
    int odd = weightTable.state(bits.read(weightTable.log()));
    if (bits.remaining() < 0) {
      throw new CorruptBlockException("zstd: Huffman weights without a first state");
    }
    int count = 0;
    while (count < MAX_SYMBOL - 1) {
      weights[count++] = (byte) FseTable.symbol(even);
      even = next(even);
      if (bits.remaining() < 0) {
        weights[count++] = (byte) FseTable.symbol(odd);
        return count;
      }
      weights[count++] = (byte) FseTable.symbol(odd);
      odd = next(odd);
      if (bits.remaining() < 0) {
        weights[count++] = (byte) FseTable.symbol(even);
        return count;
      }
    }
    throw new CorruptBlockException("zstd: more than " + MAX_SYMBOL + " Huffman weights");
  }

  private int next(int state) {
    return weightTable.next(state, bits.read(FseTable.bits(state)));
  }

  /**
   * A symbol of weight w has a code of maxBits + 1 - w bits and so 2^(w-1) places in the table. The
   * last symbol's weight is not stored: it takes the places that are left.
   */
  private void build(int count) throws CorruptBlockException {
    int places = 0;
    for (int symbol = 0; symbol < count; symbol++) {
      if (weights[symbol] > MAX_BITS) {
        throw new CorruptBlockException("zstd: a Huffman weight of " + weights[symbol]);
      }
      places += 1 << weights[symbol] >> 1;
    }
    maxBits = BackwardBits.highestBit(places) + 1;
    int left = (1 << maxBits) - places;
    if (places == 0 || maxBits > MAX_BITS || Integer.bitCount(left) != 1) {
      throw new CorruptBlockException("zstd: Huffman weights that do not add up");
    }
    weights[count] = (byte) (BackwardBits.highestBit(left) + 1);

    // Long codes have the low places; among equals, low symbols.
    int place = 0;
    for (int weight = 1; weight <= maxBits; weight++) {
      for (int symbol = 0; symbol <= count; symbol++) {
        if (weights[symbol] == weight) {
          int next = place + (1 << weight - 1);
          short code = (short) (maxBits + 1 - weight << 8 | symbol);
          Arrays.fill(codes, place, next, code);
          place = next;
        }
      }
    }
  }

  /** Decodes a stream to its last bit into exactly that many literals. */
  void decode(byte[] bytes, int offset, int length, byte[] literals, int from, int to)
      throws CorruptBlockException {
    bits.open(bytes, offset, length);
    int remaining = bits.remaining();
    int shift = Integer.SIZE - maxBits;
    int out = from;
    // Two codes of at most 11 bits from each word.
    while (out < to - 1) {
      int word = BackwardBits.top(bytes, offset, remaining);
      int first = codes[word >>> shift];
      word <<= first >> 8;
      int second = codes[word >>> shift];
      literals[out] = (byte) first;
      literals[out + 1] = (byte) second;
      remaining -= (first >> 8) + (second >> 8);
      out += 2;
    }
    if (out < to) {
      int code = codes[BackwardBits.top(bytes, offset, remaining) >>> shift];
      literals[out] = (byte) code;
      remaining -= code >> 8;
    }
    if (remaining != 0) {
      throw new CorruptBlockException(
          "zstd: a stream of literals ends " + remaining + " bits early");
    }
  }
}
