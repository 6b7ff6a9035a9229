package org.kobako.block.client.fetch;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.UnreachableSourceException;

/**
 * One thread's asking of one upstream, from its connection to the last byte of the answer. {@link
 * Deadlines} watches it meanwhile, and whoever knows that it is of no more use ends it, by closing
 * the connection under it: a blocking channel has no other way.
 *
 * <p>Reused by its owner for one asking after the other; any thread may end it.
 */
final class Exchange {
  /** Why it was ended from outside. */
  enum Ending {
    /** It was not. */
    NONE,
    /** It took too long. */
    EXPIRED,
    /** The hedge of its fetch was faster. */
    OVERTAKEN,
    /** It was a hedge itself, and its fetch is over. */
    ABANDONED
  }

  private final Deadlines deadlines;

  // All below is guarded by this.
  private @Nullable RunningFetch fetch;
  private @Nullable Upstream upstream;
  private @Nullable HttpConnection connection;
  private long deadlineNs;
  private long lastDeadlineNs;
  private long silenceLimitNs;
  private long commonSilenceLimitNs;
  private Ending ending = Ending.NONE;

  // What its owner notes of the answer, for itself.
  private long longestSilenceNs;
  private long longestCommonSilenceNs;
  private boolean connectedBefore;

  Exchange(Deadlines deadlines) {
    this.deadlines = deadlines;
  }

  /**
   * What ended the last one counts no more.
   *
   * @param newFetch what it is a part of, and may be asked for elsewhere, or null
   */
  synchronized void renew(@Nullable RunningFetch newFetch) {
    fetch = newFetch;
    ending = Ending.NONE;
  }

  synchronized @Nullable RunningFetch fetch() {
    return fetch;
  }

  /**
   * Starts.
   *
   * @param newDeadlineNs when it ends if the upstream is silent ({@link System#nanoTime})
   * @param newLastDeadlineNs when it ends although bytes keep coming, here or for others
   * @param newSilenceLimitNs with nothing heard for so long, the upstream is late
   * @param newCommonSilenceLimitNs the same where nothing is heard on its other connections either
   * @throws UnreachableSourceException if nobody needs it any more
   */
  void begin(
      Upstream asked,
      long newDeadlineNs,
      long newLastDeadlineNs,
      long newSilenceLimitNs,
      long newCommonSilenceLimitNs)
      throws UnreachableSourceException {
    synchronized (this) {
      if (ending == Ending.EXPIRED) {
        ending = Ending.NONE;
      }
      if (ending != Ending.NONE) {
        throw new UnreachableSourceException(asked.describe() + " need not be asked any more");
      }
      upstream = asked;
      deadlineNs = newDeadlineNs;
      lastDeadlineNs = newLastDeadlineNs;
      silenceLimitNs = newSilenceLimitNs;
      commonSilenceLimitNs = newCommonSilenceLimitNs;
    }
    deadlines.watch(this);
  }

  /** When it ends from now on, if the upstream is silent. */
  synchronized void setDeadline(long newDeadlineNs) {
    deadlineNs = newDeadlineNs;
  }

  /** The connection that goes on with it, a new one if the last was stale. */
  void use(HttpConnection next) throws IOException {
    next.listens();
    synchronized (this) {
      if (ending != Ending.NONE) {
        next.close();
        throw new ClosedChannelException();
      }
      connection = next;
    }
  }

  /** The answer is whole: from here on nobody closes the connection but its user. */
  void leave(HttpConnection used) {
    longestSilenceNs = used.longestSilenceNs();
    longestCommonSilenceNs = used.longestCommonSilenceNs();
    connectedBefore = used.exchanges() > 1;
    synchronized (this) {
      connection = null;
    }
  }

  /** Whether the answer took what it usually takes: no connection had to be made for it. */
  boolean wasConnectedBefore() {
    return connectedBefore;
  }

  /** The longest silence within the answer. */
  long longestSilenceNs() {
    return longestSilenceNs;
  }

  /** The longest in which none of the upstream's connections was heard. */
  long longestCommonSilenceNs() {
    return longestCommonSilenceNs;
  }

  /** Whether the answer was no later than usual. */
  synchronized boolean wasInTime() {
    return longestSilenceNs <= silenceLimitNs;
  }

  /** It is over, however it went. */
  void end() {
    deadlines.forget(this);
    synchronized (this) {
      connection = null;
      upstream = null;
    }
  }

  synchronized Ending ending() {
    return ending;
  }

  /** Whom it asks; null when it is over. */
  synchronized @Nullable Upstream upstream() {
    return upstream;
  }

  /** Ends it from outside; what has ended it first counts. */
  synchronized void end(Ending why) {
    if (ending == Ending.NONE) {
      ending = why;
      if (connection != null) {
        connection.close();
      }
    }
  }

  /** Ends it where its deadline is over; otherwise answers whether its upstream is late. */
  synchronized boolean isLate(long nowNs) {
    boolean heard = connection != null && connection.commonSilenceNs(nowNs) <= Silence.MIN_LIMIT_NS;
    if (nowNs - (heard ? lastDeadlineNs : deadlineNs) >= 0) {
      end(Ending.EXPIRED);
    }
    return ending == Ending.NONE
        && connection != null
        && (connection.silenceNs(nowNs) > silenceLimitNs
            || connection.commonSilenceNs(nowNs) > commonSilenceLimitNs);
  }
}
