package org.kobako.block.format.codec;

/** The arrays that one thread's codecs in Java work on, as long as the longest block so far. */
final class HeapScratch {
  private byte[] stored = {};
  private byte[] plain = {};

  byte[] stored(int length) {
    stored = atLeast(stored, length);
    return stored;
  }

  byte[] plain(int length) {
    plain = atLeast(plain, length);
    return plain;
  }

  /** Grows by powers of two: blocks come in all stored lengths, and growth must end. */
  private static byte[] atLeast(byte[] bytes, int length) {
    return length <= bytes.length
        ? bytes
        : new byte[Math.max(length, Integer.highestOneBit(length) << 1)];
  }
}
