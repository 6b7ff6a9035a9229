package org.kobako.block.format.codec.heap;

import java.util.Arrays;

/** Where four bytes were seen last, by a hash of them: the greedy encoders' memory. */
final class MatchTable {
  private static final int LOG = 14;
  private static final int MIN_MATCH = 4;

  /** 2^32 divided by the golden ratio: spreads neighbouring values (Knuth). */
  private static final int SPREAD = 0x9E3779B1;

  /** Positions + 1; 0 where nothing was seen. */
  private final int[] seen = new int[1 << LOG];

  void clear() {
    Arrays.fill(seen, 0);
  }

  /**
   * Notes a position.
   *
   * @return an earlier position with the same four bytes at most {@code maxDistance} before, or -1
   */
  int replace(byte[] bytes, int position, int maxDistance) {
    int four = four(bytes, position);
    int slot = four * SPREAD >>> (Integer.SIZE - LOG);
    int earlier = seen[slot] - 1;
    seen[slot] = position + 1;
    return earlier >= 0 && position - earlier <= maxDistance && four(bytes, earlier) == four
        ? earlier
        : -1;
  }

  /** Bytes equal from both positions on, before {@code end}, given that four are. */
  static int matchLength(byte[] bytes, int earlier, int position, int end) {
    int length = Arrays.mismatch(bytes, earlier + MIN_MATCH, end, bytes, position + MIN_MATCH, end);
    // The later range is the shorter one: where all of it matches, its length is the answer.
    return MIN_MATCH + length;
  }

  private static int four(byte[] bytes, int at) {
    return (bytes[at] & 0xff)
        | (bytes[at + 1] & 0xff) << 8
        | (bytes[at + 2] & 0xff) << 16
        | bytes[at + 3] << 24;
  }
}
