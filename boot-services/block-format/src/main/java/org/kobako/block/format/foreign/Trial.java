package org.kobako.block.format.foreign;

/** A short measurement at start, by which a foreign form and a Java form are told apart. */
public final class Trial {
  private static final int MAX_ROUNDS = 32;
  private static final long MAX_NS = 1_000_000;

  private Trial() {}

  /** What is measured. */
  @FunctionalInterface
  public interface Round<E extends Exception> {
    void run() throws E;
  }

  /** The time of the best of some rounds, which together take about a millisecond. */
  public static <E extends Exception> long bestRoundNs(Round<E> round) throws E {
    long beginNs = System.nanoTime();
    long best = Long.MAX_VALUE;
    for (int i = 0; i < MAX_ROUNDS && System.nanoTime() - beginNs < MAX_NS; i++) {
      long roundBeginNs = System.nanoTime();
      round.run();
      best = Math.min(best, System.nanoTime() - roundBeginNs);
    }
    return best;
  }
}
