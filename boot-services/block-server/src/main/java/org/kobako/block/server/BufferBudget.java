package org.kobako.block.server;

/**
 * Off-heap memory that the responses under way share, so that a room of slow readers cannot take
 * more than was given: each gets 64 KiB while there is plenty, then an eighth of what is left, and
 * 4 KiB in any case.
 */
final class BufferBudget {
  /** A stored block of 128 KiB shrinks to less as a rule; the largest that Jetty's pool keeps. */
  static final int MAX_PIECE_BYTES = 64 << 10;

  /** A page; Jetty's pool keeps multiples of it. */
  static final int MIN_PIECE_BYTES = 4 << 10;

  private static final int SHARE = 8;

  private int freeBytes;

  BufferBudget(int bytes) {
    this.freeBytes = bytes;
  }

  /** Takes the buffer size for one response, no more than it needs. */
  synchronized int take(long neededBytes) {
    int share = Math.clamp(freeBytes / SHARE, MIN_PIECE_BYTES, MAX_PIECE_BYTES);
    int pages = (int) (Math.min(neededBytes, share) + MIN_PIECE_BYTES - 1) / MIN_PIECE_BYTES;
    int piece = Math.min(pages * MIN_PIECE_BYTES, MAX_PIECE_BYTES);
    freeBytes -= piece;
    return piece;
  }

  synchronized void give(int pieceBytes) {
    freeBytes += pieceBytes;
  }

  /** Below zero where more responses than the memory was meant for have a page each. */
  synchronized int freeBytes() {
    return freeBytes;
  }
}
