package org.kobako.block.client.fetch;

/**
 * The first of a kind are told, later ones now and then: a dead box is a few lines, not 8,000. Any
 * thread.
 */
final class SparseLog {
  private static final int TOLD_ALL = 20;

  private int count;

  /** Counts one more; answers how many there were so far if it is to be told, or else 0. */
  synchronized int count() {
    count++;
    return count <= TOLD_ALL || Integer.bitCount(count) == 1 ? count : 0;
  }
}
