package org.kobako.block.client.fetch;

/** What fetching has come to since the start: for people, and for tests. Any thread. */
public final class FetchCounters {
  private long fetches;
  private long storedBytes;
  private long elsewhere;
  private long unreachable;
  private long corrupt;
  private long missing;
  private long longestNs;
  private long hedged;
  private long hedgesWon;

  synchronized void fetched(int length, boolean afterFailure, long durationNs) {
    fetches++;
    storedBytes += length;
    if (afterFailure) {
      elsewhere++;
    }
    longestNs = Math.max(longestNs, durationNs);
  }

  synchronized void unreachable() {
    unreachable++;
  }

  synchronized void corrupt() {
    corrupt++;
  }

  synchronized void missing() {
    missing++;
  }

  synchronized void hedge() {
    hedged++;
  }

  synchronized void hedgeWon() {
    hedgesWon++;
  }

  /** Fetches for which another upstream was asked, too, because the first one was late. */
  public synchronized long hedged() {
    return hedged;
  }

  /** Fetches of these that the other one was faster for. */
  public synchronized long hedgesWon() {
    return hedgesWon;
  }

  /** Blocks fetched and found sound. */
  public synchronized long fetches() {
    return fetches;
  }

  /** Stored bytes of them. */
  public synchronized long storedBytes() {
    return storedBytes;
  }

  /** Fetches that succeeded after another upstream, or the same one, had failed. */
  public synchronized long elsewhere() {
    return elsewhere;
  }

  /** Times that an upstream gave no answer, or none in time. */
  public synchronized long unreachableAnswers() {
    return unreachable;
  }

  /** Times that an upstream gave other bytes than asked for. */
  public synchronized long corruptAnswers() {
    return corrupt;
  }

  /** Times that an upstream did not have the block. */
  public synchronized long missingAnswers() {
    return missing;
  }

  /** The longest that a fetch took, failures and all, in nanoseconds. */
  public synchronized long longestNs() {
    return longestNs;
  }
}
