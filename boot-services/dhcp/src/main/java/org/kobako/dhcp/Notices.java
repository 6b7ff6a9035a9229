package org.kobako.dhcp;

import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;

/**
 * Logs a trouble when it is the first of its kind and when there have been 2, 4, 8 ... of them:
 * what a hostile network sends must not fill a disk with log lines.
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
   * Counts a trouble, and logs it when it is due.
   *
   * @param kind what is counted as one
   * @param what happened to whom, why, and what next
   */
  void count(String kind, String what) {
    int count = countKind(kind);
    if (Integer.bitCount(count) == 1) {
      log.warn("dhcp: {} ({} so far)", what, count);
    }
  }

  private synchronized int countKind(String kind) {
    boolean known = countOf.containsKey(kind) || countOf.size() < MAX_KINDS;
    return countOf.merge(known ? kind : OTHER, 1, (a, b) -> a == Integer.MAX_VALUE ? a : a + b);
  }
}
