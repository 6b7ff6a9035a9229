package org.kobako.caching.proxy.fetch;

import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A store somewhere else, and how it has answered lately.
 *
 * <pre>
 * HEALTHY -a failure-> SUSPECT -another-> DOWN -an answer-> HEALTHY
 * </pre>
 *
 * <p>What is down is asked last, and for a while, which doubles each time, not at all where others
 * or the cache can do. Safe for use by many threads.
 */
final class Upstream {
  /** What is to be expected of it. */
  enum State {
    HEALTHY,
    SUSPECT,
    DOWN
  }

  private static final long FIRST_PAUSE_NS = Duration.ofSeconds(1).toNanos();
  private static final long MAX_PAUSE_NS = Duration.ofSeconds(30).toNanos();

  /** The weight of one answer in what is expected of the next, one in so many. */
  private static final int SMOOTHING = 8;

  private final URI url;
  private volatile @Nullable InetAddress address;
  private State state = State.HEALTHY;
  private long expectedNs;
  private int asked;
  private long pauseNs;
  private long pausedUntilNs;

  /**
   * @param url ends in a slash
   */
  Upstream(URI url) {
    this.url = url;
    this.address = literal(url.getHost());
  }

  private static @Nullable InetAddress literal(String host) {
    try {
      return InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException isName) {
      return null;
    }
  }

  URI url() {
    return url;
  }

  /** Where it was found last. */
  void foundAt(InetAddress at) {
    address = at;
  }

  /** Whether it is there; for one with a name not before it has been asked. */
  boolean isAt(InetAddress other) {
    return other.equals(address);
  }

  synchronized State state() {
    return state;
  }

  /** Whether it is down, and not to be tried yet. */
  synchronized boolean isPaused(long nowNs) {
    return state == State.DOWN && nowNs - pausedUntilNs < 0;
  }

  /** When the next answer may be there, for a comparison: those that wait already go before. */
  synchronized long expectedNs() {
    return expectedNs * (1 + asked);
  }

  synchronized void ask() {
    asked++;
  }

  /** It gave an answer that can be used, if only that it has no such file. */
  synchronized void answered(long afterNs) {
    asked--;
    state = State.HEALTHY;
    pauseNs = 0;
    expectedNs = expectedNs == 0 ? afterNs : expectedNs + (afterNs - expectedNs) / SMOOTHING;
  }

  /** It gave none, or one that is wrong. */
  synchronized void failed(long nowNs) {
    asked--;
    state = state == State.HEALTHY ? State.SUSPECT : State.DOWN;
    pauseNs = Math.clamp(2 * pauseNs, FIRST_PAUSE_NS, MAX_PAUSE_NS);
    pausedUntilNs = nowNs + pauseNs;
  }

  /** Nobody waits for it any more, and that was not its fault. */
  synchronized void leave() {
    asked--;
  }

  @Override
  public String toString() {
    return url.toString();
  }
}
