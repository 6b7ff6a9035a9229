package org.kobako.block.format.codec.heap;

import java.util.Arrays;

/** What all codecs of the Lempel-Ziv family do with an array. */
final class ByteCopy {
  /** Up to here a loop is faster than the call of an array copy. */
  private static final int SHORT = 16;

  private ByteCopy() {}

  /**
   * Repeats the {@code length} bytes that begin {@code distance} before {@code at}; where they
   * overlap, what was just written is repeated too.
   *
   * @param distance at least 1 and at most {@code at}
   */
  static void repeat(byte[] bytes, int at, int distance, int length) {
    int from = at - distance;
    if (length <= SHORT) {
      for (int i = 0; i < length; i++) {
        bytes[at + i] = bytes[from + i];
      }
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

  /** Copies bytes from one array to another. */
  static void copy(byte[] from, int fromOffset, byte[] to, int toOffset, int length) {
    if (length <= SHORT) {
      for (int i = 0; i < length; i++) {
        to[toOffset + i] = from[fromOffset + i];
      }
    } else {
      System.arraycopy(from, fromOffset, to, toOffset, length);
    }
  }
}
