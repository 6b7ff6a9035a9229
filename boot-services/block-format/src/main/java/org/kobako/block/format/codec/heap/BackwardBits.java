package org.kobako.block.format.codec.heap;

import org.kobako.block.format.CorruptBlockException;

/**
 * A bit stream that is read from its end (RFC 8878, section 4.1): the highest set bit of the last
 * byte marks where it begins, and it ends before its first byte's lowest bit.
 *
 * <p>Reading on beyond that end gives undefined bits and a negative {@link #remaining}, so that a
 * loop may look once after many reads. Four bytes must lie before the stream in its array, as a
 * frame's headers do.
 */
final class BackwardBits {
  /** What one {@link #read} or {@link #peek} can give: four bytes less a partial one. */
  static final int MAX_READ = 25;

  private byte[] bytes = {};
  private int start;
  private int remaining;

  /** Takes the stream of {@code length} bytes at {@code offset}. */
  void open(byte[] bytes, int offset, int length) throws CorruptBlockException {
    int last = length <= 0 ? 0 : bytes[offset + length - 1] & 0xff;
    if (last == 0) {
      throw new CorruptBlockException("zstd: no end mark in the " + length + " bytes of a stream");
    }
    this.bytes = bytes;
    this.start = offset;
    this.remaining = (length - 1) * Byte.SIZE + highestBit(last);
  }

  /** Bits left to read; negative where more were read than there are. */
  int remaining() {
    return remaining;
  }

  /** The next 25 bits or more, from bit 31 down, without reading them. */
  int top() {
    return top(bytes, start, remaining);
  }

  void skip(int count) {
    remaining -= count;
  }

  /** The next bits, at most {@link #MAX_READ} of them. */
  int read(int count) {
    int value = first(top(), count);
    remaining -= count;
    return value;
  }

  /** As {@link #top()}, for a loop that keeps the fields in variables. */
  static int top(byte[] bytes, int start, int remaining) {
    int end = start + (remaining + 7 >> 3);
    int word =
        bytes[end - 1] << 24
            | (bytes[end - 2] & 0xff) << 16
            | (bytes[end - 3] & 0xff) << 8
            | (bytes[end - 4] & 0xff);
    return word << (-remaining & 7);
  }

  /** The first bits of a word, at most {@link #MAX_READ} of them. */
  static int first(int word, int count) {
    // Two shifts: one by 32 - 0 would shift by nothing.
    return word >>> 1 >>> (Integer.SIZE - 1 - count);
  }

  /** The number of a value's highest set bit: 0 for 1. */
  static int highestBit(int value) {
    return Integer.SIZE - 1 - Integer.numberOfLeadingZeros(value);
  }
}
