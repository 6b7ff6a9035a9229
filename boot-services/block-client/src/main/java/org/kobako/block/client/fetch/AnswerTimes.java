package org.kobako.block.client.fetch;

import java.util.concurrent.TimeUnit;

/**
 * What an upstream usually takes, learned from its answers; guarded by its owner.
 *
 * <p>Two things are learned. How long a whole fetch takes says whom to ask. How long an upstream is
 * silent within one, before its first byte or between two others, says when it is late: large
 * blocks and many at once on a slow link take long, but never fall silent, while a box that is cut
 * off, frozen or waits for its disk does. Late is what is silent for longer than usual by four mean
 * deviations, as TCP's retransmission timer has it (RFC 6298, section 2).
 */
final class AnswerTimes {
  static final long FIRST_SILENCE_LIMIT_NS = TimeUnit.MILLISECONDS.toNanos(250);

  /** Less is the noise of schedulers and garbage collectors. */
  static final long MIN_SILENCE_LIMIT_NS = TimeUnit.MILLISECONDS.toNanos(50);

  /** A reader is to wait for a second at most, and the next upstream needs its time, too. */
  static final long MAX_SILENCE_LIMIT_NS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Weight of the newest answer in the averages: 1/8 and 1/4, as TCP has it. */
  private static final int SMOOTHING = 8;

  private static final int DEVIATION_SMOOTHING = 4;
  private static final int DEVIATIONS = 4;

  /** Being passed over 44 times halves the estimate. */
  private static final int STALENESS = 64;

  private long fetchNs;
  private long silenceNs;
  private long deviationNs;

  /** A fetch took so long, and was silent so long at a time. */
  void learn(long tookNs, long silentNs) {
    if (fetchNs == 0) {
      fetchNs = tookNs;
      silenceNs = silentNs;
      deviationNs = silentNs / 2;
      return;
    }
    fetchNs += (tookNs - fetchNs) / SMOOTHING;
    learnSilence(silentNs);
  }

  /** It was silent at least so long when it was overtaken; how long it takes is not known. */
  void learnSilence(long silentNs) {
    deviationNs += (Math.abs(silentNs - silenceNs) - deviationNs) / DEVIATION_SMOOTHING;
    silenceNs += (silentNs - silenceNs) / SMOOTHING;
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

  /** With nothing heard for so long, it is late. */
  long silenceLimitNs() {
    return fetchNs == 0
        ? FIRST_SILENCE_LIMIT_NS
        : Math.clamp(
            silenceNs + DEVIATIONS * deviationNs, MIN_SILENCE_LIMIT_NS, MAX_SILENCE_LIMIT_NS);
  }
}
