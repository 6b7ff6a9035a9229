package org.kobako.block.format.codec.heap;

import java.util.Arrays;

/** What all codecs of the Lempel-Ziv family do with an array. */
final class ByteCopy {
  private ByteCopy() {}

  /**
   * Repeats the {@code length} bytes that begin {@code distance} before {@code at}; where they
   * overlap, what was just written is repeated too. In array copies only: for a few bytes they are
   * faster than a loop, on every VM that was tried.
   *
   * @param distance at least 1 and at most {@code at}
   */
  static void repeat(byte[] bytes, int at, int distance, int length) {
    int from = at - distance;
    if (length <= distance) {
      System.arraycopy(bytes, from, bytes, at, length);
    } else if (distance == 1) {
      Arrays.fill(bytes, at, at + length, bytes[from]);
    } else {
      // Each round doubles what can be copied without overlap.
      for (int done = 0; done < length; ) {
        int round = Math.min(length - done, distance + done);
        System.arraycopy(bytes, from, bytes, at + done, round);
        done += round;
      }
    }
  }
}
