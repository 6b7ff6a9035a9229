package org.kobako.block.client.fetch;

/**
 * What an upstream usually takes, learned from its answers; guarded by its owner.
 *
 * <p>How long a whole fetch takes says whom to ask. How long an upstream is silent meanwhile says
 * when it is late: large blocks, and many at once on a slow link, take long, but they keep coming,
 * while a box that is cut off, frozen or waits for its disk falls silent. Two silences are told
 * apart: that of one answer, which others may delay, and that of all answers under way together,
 * which is far shorter, and by which a box that is gone is found out sooner.
 */
final class AnswerTimes {
  /** Weight of the newest fetch in the moving average: 1/8, as TCP's round-trip estimate. */
  private static final int SMOOTHING = 8;

  /** Being passed over 44 times halves the estimate. */
  private static final int STALENESS = 64;

  private long fetchNs;
  private final Silence own = new Silence();
  private final Silence common = new Silence();

  /** A fetch took so long, and was silent so long at a time, alone and together with others. */
  void learn(long tookNs, long silentNs, long commonSilentNs) {
    fetchNs = fetchNs == 0 ? tookNs : fetchNs + (tookNs - fetchNs) / SMOOTHING;
    own.learn(silentNs);
    common.learn(commonSilentNs);
  }

  /**
   * Another was preferred. What was measured here grows stale, so it is believed a little less each
   * time, until this upstream is asked again and measured anew.
   */
  void passOver() {
    fetchNs -= fetchNs / STALENESS;
  }

  /** What a fetch usually takes; 0 before the first. */
  long fetchNs() {
    return fetchNs;
  }

  /** With nothing heard of one answer for so long, it is late. */
  long silenceLimitNs() {
    return own.limitNs();
  }

  /** With nothing heard of any for so long, all are late. */
  long commonSilenceLimitNs() {
    return common.limitNs();
  }
}
