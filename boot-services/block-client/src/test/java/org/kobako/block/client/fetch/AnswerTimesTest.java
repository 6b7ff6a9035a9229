package org.kobako.block.client.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AnswerTimesTest {
  private final AnswerTimes times = new AnswerTimes();

  @Test
  void aLargeBlockThatKeepsComingIsNotLate() {
    for (int i = 0; i < 100; i++) {
      times.learn(ns(2000), ns(15), ns(5));
    }
    assertThat(times.fetchNs()).isEqualTo(ns(2000));
    assertThat(times.silenceLimitNs()).isEqualTo(Silence.MIN_LIMIT_NS);
  }

  @Test
  void whereManyAnswersDelayEachOtherTheSilenceOfAllIsLateFirst() {
    for (int i = 0; i < 50; i++) {
      times.learn(ns(300), ns(40), ns(3));
      times.learn(ns(300), ns(120), ns(3));
    }
    assertThat(times.silenceLimitNs()).isGreaterThan(ns(120));
    assertThat(times.commonSilenceLimitNs()).isEqualTo(Silence.MIN_LIMIT_NS);
  }

  @Test
  void oneThatIsPassedOverIsBelievedLessAndLess() {
    times.learn(ns(80), ns(3), ns(3));
    for (int i = 0; i < 45; i++) {
      times.passOver();
    }
    assertThat(times.fetchNs()).isBetween(ns(35), ns(45));
  }

  private static long ns(long ms) {
    return Duration.ofMillis(ms).toNanos();
  }
}
