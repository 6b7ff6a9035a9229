package org.kobako.boot.plan;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Tells of a trouble when it is the first of its kind and when there have been 2, 4, 8 ... of them:
 * a room of machines that ask again and again, a hostile network, a disk that dies must not fill
 * another with log lines. For the services that machines boot through.
 */
public final class Notices {
  /** Kinds that are counted apart; further ones are counted as one. */
  public static final int MAX_KINDS = 64;

  private static final String OTHER = "other";

  private final Consumer<String> log;
  private final Map<String, Integer> countOf = new HashMap<>();

  /**
   * Nothing has happened yet.
   *
   * @param log takes a line, in the thread that counts
   */
  public Notices(Consumer<String> log) {
    this.log = log;
  }

  /**
   * Counts a trouble, and tells of it when it is due.
   *
   * @param kind what is counted as the same
   * @param sentence what happened to whom, why, what next
   */
  public void count(String kind, String sentence) {
    int count = countKind(kind);
    if (Integer.bitCount(count) == 1) {
      log.accept(sentence + " (" + count + " so far)");
    }
  }

  private synchronized int countKind(String kind) {
    boolean known = countOf.containsKey(kind) || countOf.size() < MAX_KINDS;
    return countOf.merge(known ? kind : OTHER, 1, (a, b) -> a == Integer.MAX_VALUE ? a : a + b);
  }
}
