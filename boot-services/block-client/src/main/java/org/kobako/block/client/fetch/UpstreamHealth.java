package org.kobako.block.client.fetch;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * The transitions of {@link UpstreamState}: events go in with their time ({@link System#nanoTime}),
 * states come out. Guarded by its owner.
 */
final class UpstreamHealth {
  private static final int UNANSWERED_TO_DOWN = 3;

  /** Two late answers with no more than two others between make it suspect. */
  private static final int LATE = 4;

  private static final int TOO_LATE = 6;

  /** Three bad copies, or one in seventeen for long, make it suspect. */
  private static final int BAD = 16;

  private static final int TOO_BAD = 40;

  private static final long FIRST_PROBE_NS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long LAST_PROBE_NS = TimeUnit.MILLISECONDS.toNanos(1500);
  private static final long MIN_RETURN_NS = TimeUnit.SECONDS.toNanos(2);
  private static final long MAX_RETURN_NS = TimeUnit.SECONDS.toNanos(4);

  /** The whole of its share. */
  static final int WHOLE = 1000;

  private final RandomGenerator random;

  private int unansweredInRow;

  /** Grow by what goes wrong, and shrink by one for each answer that is right. */
  private int lateness;

  private int badness;

  private int probes;
  private long probeAtNs;
  private boolean returning;
  private long returnedNs;
  private long returnTakesNs;

  /**
   * @param random keeps machines from probing and returning all at the same moment
   */
  UpstreamHealth(RandomGenerator random) {
    this.random = random;
  }

  UpstreamState state() {
    if (unansweredInRow >= UNANSWERED_TO_DOWN) {
      return UpstreamState.DOWN;
    }
    return unansweredInRow > 0 || lateness >= TOO_LATE || hasBadCopies()
        ? UpstreamState.SUSPECT
        : UpstreamState.HEALTHY;
  }

  /** Whether it is suspect for blocks that it had no sound copy of. */
  boolean hasBadCopies() {
    return badness >= TOO_BAD;
  }

  /** It gave what it was asked for, in time. */
  void sound(long nowNs) {
    UpstreamState before = state();
    unansweredInRow = 0;
    lateness = Math.max(0, lateness - 1);
    if (!hasBadCopies()) {
      badness = Math.max(0, badness - 1);
    }
    follow(before, nowNs);
  }

  /** It gave what it was asked for, but not in the time that it usually takes. */
  void soundButSlow(long nowNs) {
    UpstreamState before = state();
    unansweredInRow = 0;
    follow(before, nowNs);
  }

  /** A probe's block was sound, and in time. */
  void proven(long nowNs) {
    UpstreamState before = state();
    unansweredInRow = 0;
    lateness = 0;
    badness = 0;
    follow(before, nowNs);
  }

  /** A hedge overtook it. */
  void late(long nowNs) {
    UpstreamState before = state();
    lateness = Math.min(lateness + LATE, 2 * TOO_LATE);
    follow(before, nowNs);
  }

  /** It answered, but had no sound copy of a block. */
  void bad(long nowNs) {
    UpstreamState before = state();
    unansweredInRow = 0;
    badness = Math.min(badness + BAD, 2 * TOO_BAD);
    follow(before, nowNs);
  }

  /** It gave no answer, or none in time. */
  void unanswered(long nowNs) {
    UpstreamState before = state();
    unansweredInRow = Math.min(unansweredInRow + 1, UNANSWERED_TO_DOWN);
    follow(before, nowNs);
  }

  /** It joins others that have been used for some time. */
  void join(long nowNs) {
    returnFrom(nowNs);
  }

  private void follow(UpstreamState before, long nowNs) {
    boolean healthy = state() == UpstreamState.HEALTHY;
    if (healthy && before != UpstreamState.HEALTHY) {
      returnFrom(nowNs);
    } else if (!healthy && before == UpstreamState.HEALTHY) {
      probes = 0;
      probed(nowNs);
    }
  }

  private void returnFrom(long nowNs) {
    returning = true;
    returnedNs = nowNs;
    returnTakesNs = random.nextLong(MIN_RETURN_NS, MAX_RETURN_NS);
  }

  boolean isProbeDue(long nowNs) {
    return state() != UpstreamState.HEALTHY && nowNs - probeAtNs >= 0;
  }

  /** A probe begins: the next comes later, and each a little later than the one before. */
  void probed(long nowNs) {
    long pauseNs = Math.min(LAST_PROBE_NS, FIRST_PROBE_NS << Math.min(probes++, 8));
    probeAtNs = nowNs + pauseNs - random.nextLong(pauseNs / 4);
  }

  /** How much of its share of fetches it gets, of {@link #WHOLE}. */
  int share(long nowNs) {
    if (!returning) {
      return WHOLE;
    }
    long sinceNs = nowNs - returnedNs;
    if (sinceNs >= returnTakesNs) {
      returning = false;
      return WHOLE;
    }
    return (int) (WHOLE * sinceNs / returnTakesNs);
  }
}
