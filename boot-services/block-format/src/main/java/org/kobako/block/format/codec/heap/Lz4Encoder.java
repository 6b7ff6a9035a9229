package org.kobako.block.format.codec.heap;

/**
 * A greedy encoder of the LZ4 block format: takes the first match that a hash of four bytes finds,
 * and looks at fewer positions the longer it finds none.
 */
public final class Lz4Encoder implements HeapEncoder {
  private static final int MIN_MATCH = 4;
  private static final int MAX_DISTANCE = 0xffff;
  private static final int EXTENDED = 15;

  /** The format wants literals in the last bytes of a block. */
  private static final int LAST_LITERALS = 5;

  /** The format wants the last match to begin so far before the end. */
  private static final int LAST_MATCH = 12;

  /** After so many positions without a match, as a power of two, the step grows by one. */
  private static final int PATIENCE_LOG = 6;

  private final MatchTable table = new MatchTable();

  @Override
  public int encode(byte[] plain, int plainLength, byte[] stored) {
    table.clear();
    int out = 0;
    int literals = 0;
    int position = 0;
    int misses = 0;
    while (position <= plainLength - LAST_MATCH) {
      int earlier = table.replace(plain, position, MAX_DISTANCE);
      if (earlier < 0) {
        position += 1 + (misses++ >> PATIENCE_LOG);
        continue;
      }
      misses = 0;
      int length = MatchTable.matchLength(plain, earlier, position, plainLength - LAST_LITERALS);
      int token = out;
      out = putLiterals(plain, literals, position - literals, stored, out);
      stored[out++] = (byte) (position - earlier);
      stored[out++] = (byte) (position - earlier >> 8);
      stored[token] |= (byte) Math.min(length - MIN_MATCH, EXTENDED);
      if (length - MIN_MATCH >= EXTENDED) {
        out = putExtension(length - MIN_MATCH - EXTENDED, stored, out);
      }
      position += length;
      literals = position;
    }
    return putLiterals(plain, literals, plainLength - literals, stored, out);
  }

  /** Puts a token with its literals; the match has its half of the token still to come. */
  private static int putLiterals(byte[] plain, int from, int count, byte[] stored, int at) {
    int out = at;
    stored[out++] = (byte) (Math.min(count, EXTENDED) << 4);
    if (count >= EXTENDED) {
      out = putExtension(count - EXTENDED, stored, out);
    }
    System.arraycopy(plain, from, stored, out, count);
    return out + count;
  }

  private static int putExtension(int value, byte[] stored, int at) {
    int out = at;
    int rest = value;
    for (; rest >= 0xff; rest -= 0xff) {
      stored[out++] = (byte) 0xff;
    }
    stored[out++] = (byte) rest;
    return out;
  }

  @Override
  public int storedCapacity(int plainLength) {
    return plainLength + plainLength / 255 + 16;
  }
}
