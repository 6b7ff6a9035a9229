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
  private final @Nullable RunningFetch fetch;

  // All below is guarded by this.
  private @Nullable Upstream upstream;
  private @Nullable HttpConnection connection;
  private long deadlineNs;
  private long silenceLimitNs;
  private Ending ending = Ending.NONE;

  /**
   * @param fetch what may be hedged when its upstream is late, or null where nothing may
   */
  Exchange(Deadlines deadlines, @Nullable RunningFetch fetch) {
    this.deadlines = deadlines;
    this.fetch = fetch;
  }

  @Nullable RunningFetch fetch() {
    return fetch;
  }

  /** For another fetch: what ended the last one counts no more. */
  synchronized void renew() {
    ending = Ending.NONE;
  }

  /**
   * Starts.
   *
   * @param newDeadlineNs when it ends at the latest ({@link System#nanoTime})
   * @param newSilenceLimitNs with nothing heard for so long, the upstream is late
   * @throws UnreachableSourceException if nobody needs it any more
   */
  void begin(Upstream asked, long newDeadlineNs, long newSilenceLimitNs)
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
      silenceLimitNs = newSilenceLimitNs;
    }
    deadlines.watch(this);
  }

  /** When it ends from now on. */
  synchronized void setDeadline(long newDeadlineNs) {
    deadlineNs = newDeadlineNs;
  }

  /** The connection that goes on with it, a new one if the last was stale. */
  void use(HttpConnection next) throws IOException {
    next.hears();
    synchronized (this) {
      if (ending != Ending.NONE) {
        next.close();
        throw new ClosedChannelException();
      }
      connection = next;
    }
  }

  /** From here on nobody closes the connection but its user. */
  synchronized void leaveConnection() {
    connection = null;
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
    if (nowNs - deadlineNs >= 0) {
      end(Ending.EXPIRED);
    }
    return ending == Ending.NONE && connection != null && connection.silenceNs() > silenceLimitNs;
  }
}
