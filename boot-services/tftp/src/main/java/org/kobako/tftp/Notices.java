package org.kobako.tftp;

import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;

/**
 * Logs what went wrong when it is the first of its kind and when there have been 2, 4, 8 ... of
 * them: machines that ask again and again, and forged requests, must not fill a disk with lines.
 */
final class Notices {
  /** Kinds that are counted apart; further ones are counted as one. */
  static final int MAX_KINDS = 64;

  private static final String OTHER = "other";

  private final Logger log;
  private final Map<String, Integer> countOf = new HashMap<>();

  Notices(Logger log) {
    this.log = log;
  }

  /**
   * Counts an event, and logs it when it is due.
   *
   * @param kind what is counted as the same
   * @param sentence what happened to whom, why, what next
   */
  void count(String kind, String sentence) {
    int count = countKind(kind);
    if (Integer.bitCount(count) == 1) {
      log.warn("tftp: {} ({} so far)", sentence, count);
    }
  }

  private synchronized int countKind(String kind) {
    boolean known = countOf.containsKey(kind) || countOf.size() < MAX_KINDS;
    return countOf.merge(known ? kind : OTHER, 1, (a, b) -> a == Integer.MAX_VALUE ? a : a + b);
  }
}
