package org.kobako.block.client.cache;

/**
 * Sees which reads go on where an earlier one ended, and says which blocks to prefetch for them.
 * Several sequential readers are followed at once; the one that was idle longest gives way. Decides
 * only; nothing is allocated after construction. Guarded by its own lock.
 */
public final class ReadAhead {
  private static final int STREAMS = 8;
  private static final int FIRST_WINDOW = 2;

  private final int maxWindow;
  private final int[] next = new int[STREAMS];
  private final int[] window = new int[STREAMS];
  private final int[] scheduledTo = new int[STREAMS];
  private final int[] usedAt = new int[STREAMS];
  private int clock;

  /**
   * @param maxWindow most blocks ahead of a reader; 0 for none
   */
  public ReadAhead(int maxWindow) {
    this.maxWindow = maxWindow;
    java.util.Arrays.fill(next, -1);
  }

  /**
   * Notes a read of blocks {@code first} to {@code last}.
   *
   * @return blocks to prefetch, as {@code from << 32 | to} with {@code to} excluded; 0 for none
   */
  public synchronized long noteRead(int first, int last) {
    if (maxWindow == 0) {
      return 0;
    }
    int stream = find(first);
    clock++;
    if (stream < 0) {
      stream = oldest();
      next[stream] = last + 1;
      window[stream] = 0;
      scheduledTo[stream] = last + 1;
      usedAt[stream] = clock;
      return 0;
    }
    usedAt[stream] = clock;
    if (last + 1 > next[stream]) {
      next[stream] = last + 1;
      window[stream] = Math.min(maxWindow, Math.max(FIRST_WINDOW, window[stream] * 2));
    }
    int from = Math.max(scheduledTo[stream], next[stream]);
    int to = next[stream] + window[stream];
    if (from >= to) {
      return 0;
    }
    scheduledTo[stream] = to;
    return (long) from << 32 | to;
  }

  /** A stream goes on when the read begins in the block it ended in, or the next one. */
  private int find(int first) {
    for (int i = 0; i < STREAMS; i++) {
      if (next[i] >= 0 && (first == next[i] || first == next[i] - 1)) {
        return i;
      }
    }
    return -1;
  }

  private int oldest() {
    int oldest = 0;
    for (int i = 1; i < STREAMS; i++) {
      if (usedAt[i] - usedAt[oldest] < 0) {
        oldest = i;
      }
    }
    return oldest;
  }
}
