package org.kobako.block.client.fetch;

import java.util.concurrent.TimeUnit;

/**
 * How long nothing is heard in the course of an answer, learned as TCP learns its retransmission
 * timer (RFC 6298, section 2): silence is late when it is longer than usual by four mean
 * deviations. Guarded by its owner.
 */
final class Silence {
  static final long FIRST_LIMIT_NS = TimeUnit.MILLISECONDS.toNanos(250);

  /** Less is the noise of schedulers and garbage collectors. */
  static final long MIN_LIMIT_NS = TimeUnit.MILLISECONDS.toNanos(50);

  /** A reader is to wait for a second at most, and the next upstream needs its time, too. */
  static final long MAX_LIMIT_NS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Weight of the newest in the averages: 1/8 and 1/4. */
  private static final int SMOOTHING = 8;

  private static final int DEVIATION_SMOOTHING = 4;
  private static final int DEVIATIONS = 4;

  private boolean known;
  private long usualNs;
  private long deviationNs;

  /** The longest silence within an answer. */
  void learn(long silentNs) {
    if (!known) {
      known = true;
      usualNs = silentNs;
      deviationNs = silentNs / 2;
      return;
    }
    deviationNs += (Math.abs(silentNs - usualNs) - deviationNs) / DEVIATION_SMOOTHING;
    usualNs += (silentNs - usualNs) / SMOOTHING;
  }

  /** Silence that is longer is late. */
  long limitNs() {
    return known
        ? Math.clamp(usualNs + DEVIATIONS * deviationNs, MIN_LIMIT_NS, MAX_LIMIT_NS)
        : FIRST_LIMIT_NS;
  }
}
