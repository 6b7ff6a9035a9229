package org.kobako.block.server;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;

/**
 * Logs an error when it is the first of its kind and when there have been 2, 4, 8 ... of them: a
 * disk that dies under a room of machines must not fill the next one with log lines.
 */
final class DistinctErrors {
  /** Kinds that are counted apart; further ones are counted as one. */
  static final int MAX_KINDS = 64;

  private static final String OTHER = "other";

  private final Logger log;
  private final Map<String, Integer> countOf = new HashMap<>();

  DistinctErrors(Logger log) {
    this.log = log;
  }

  /**
   * Counts an error, and logs it when it is due.
   *
   * @param what to whom, for people: {@code cannot read blocks/ab/abc}
   * @param next what happens now
   */
  void count(String what, IOException error, String next) {
    String reason = reasonOf(error);
    int count = countKind(error.getClass().getName() + reason);
    if (Integer.bitCount(count) == 1) {
      log.warn("block-server: {}: {} ({} so far); {}", what, reason, count, next);
    }
  }

  private synchronized int countKind(String kind) {
    boolean known = countOf.containsKey(kind) || countOf.size() < MAX_KINDS;
    return countOf.merge(known ? kind : OTHER, 1, (a, b) -> a == Integer.MAX_VALUE ? a : a + b);
  }

  /** Without the file's name, so that one cause is one kind. */
  private static String reasonOf(IOException error) {
    if (error instanceof FileSystemException atFile) {
      String reason = atFile.getReason();
      return reason == null ? error.getClass().getSimpleName() : reason;
    }
    String message = error.getMessage();
    return message == null ? error.getClass().getSimpleName() : message;
  }
}
