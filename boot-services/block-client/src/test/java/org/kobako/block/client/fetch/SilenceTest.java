package org.kobako.block.client.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SilenceTest {
  private final Silence silence = new Silence();

  @Test
  void theFirstAnswerIsWaitedForAQuarterOfASecond() {
    assertThat(limitMs()).isEqualTo(250);
  }

  @Test
  void aFastUpstreamIsLateAfterTheLeastTime() {
    learn(100, 2);
    assertThat(limitMs()).isEqualTo(50);
  }

  @Test
  void aSteadyUpstreamIsLateSoonAfterItsUsualTime() {
    learn(100, 120);
    assertThat(limitMs()).isBetween(120L, 125L);
  }

  @Test
  void anUnsteadyUpstreamIsGivenFourDeviations() {
    for (int i = 0; i < 100; i++) {
      learn(1, 20);
      learn(1, 60);
    }
    assertThat(limitMs()).isBetween(100L, 160L);
  }

  @Test
  void noUpstreamIsWaitedForLongerThanHalfASecond() {
    learn(100, 3000);
    assertThat(limitMs()).isEqualTo(500);
  }

  private void learn(int count, long silentMs) {
    for (int i = 0; i < count; i++) {
      silence.learn(TimeUnit.MILLISECONDS.toNanos(silentMs));
    }
  }

  private long limitMs() {
    return TimeUnit.NANOSECONDS.toMillis(silence.limitNs());
  }
}
