package org.kobako.block.format.foreign;

/** A short measurement at start, by which a foreign form and a Java form are told apart. */
public final class Trial {
  private static final int MIN_ROUNDS = 4;
  private static final int MAX_ROUNDS = 64;
  private static final long ENOUGH_NS = 1_000_000;

  private Trial() {}

  /** What is measured. */
  @FunctionalInterface
  public interface Round<E extends Exception> {
    void run() throws E;
  }

  /**
   * The time of the best of some rounds, which together take about a millisecond. One round goes
   * before them, because the first foreign call links the function and takes many times as long.
   */
  public static <E extends Exception> long bestRoundNs(Round<E> round) throws E {
    round.run();
    long beginNs = System.nanoTime();
    long best = Long.MAX_VALUE;
    for (int i = 0; i < MAX_ROUNDS; i++) {
      long roundBeginNs = System.nanoTime();
      if (i >= MIN_ROUNDS && roundBeginNs - beginNs > ENOUGH_NS) {
        break;
      }
      round.run();
      best = Math.min(best, System.nanoTime() - roundBeginNs);
    }
    return best;
  }
}
