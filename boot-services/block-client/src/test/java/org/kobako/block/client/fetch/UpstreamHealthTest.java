package org.kobako.block.client.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kobako.block.client.fetch.UpstreamState.DOWN;
import static org.kobako.block.client.fetch.UpstreamState.HEALTHY;
import static org.kobako.block.client.fetch.UpstreamState.SUSPECT;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Each transition of {@link UpstreamState}'s table. */
class UpstreamHealthTest {
  private final UpstreamHealth health = new UpstreamHealth(new Random(1));
  private long nowNs = -5;

  @Test
  void noAnswerMakesSuspectAndTheThirdInARowDown() {
    assertThat(health.state()).isEqualTo(HEALTHY);
    health.unanswered(nowNs);
    assertThat(health.state()).isEqualTo(SUSPECT);
    health.unanswered(nowNs);
    assertThat(health.state()).isEqualTo(SUSPECT);
    health.unanswered(nowNs);
    assertThat(health.state()).isEqualTo(DOWN);
  }

  @Test
  void oneSoundAnswerEndsAnOutage() {
    for (int i = 0; i < 100; i++) {
      health.unanswered(nowNs);
    }
    health.sound(nowNs);
    assertThat(health.state()).isEqualTo(HEALTHY);
  }

  @Test
  void aSlowAnswerEndsAnOutageToo() {
    health.unanswered(nowNs);
    health.soundButSlow(nowNs);
    assertThat(health.state()).isEqualTo(HEALTHY);
  }

  @Test
  void oneThatIsLateAgainSoonIsSuspect() {
    health.late(nowNs);
    assertThat(health.state()).isEqualTo(HEALTHY);
    health.sound(nowNs);
    health.late(nowNs);
    assertThat(health.state()).isEqualTo(SUSPECT);
  }

  @Test
  void oneThatIsLateNowAndThenIsNot() {
    for (int i = 0; i < 100; i++) {
      health.late(nowNs);
      for (int sound = 0; sound < 10; sound++) {
        health.sound(nowNs);
      }
      assertThat(health.state()).isEqualTo(HEALTHY);
    }
  }

  @Test
  void aSlowAnswerIsNoProofOfSpeed() {
    health.late(nowNs);
    health.late(nowNs);
    health.soundButSlow(nowNs);
    assertThat(health.state()).isEqualTo(SUSPECT);
    health.proven(nowNs);
    assertThat(health.state()).isEqualTo(HEALTHY);
  }

  @Test
  void threeBadCopiesMakeSuspectAndOneInFortyDoesNot() {
    for (int i = 0; i < 100; i++) {
      health.bad(nowNs);
      for (int sound = 0; sound < 40; sound++) {
        health.sound(nowNs);
      }
    }
    assertThat(health.state()).isEqualTo(HEALTHY);
    health.bad(nowNs);
    health.bad(nowNs);
    assertThat(health.state()).isEqualTo(HEALTHY);
    health.bad(nowNs);
    assertThat(health.state()).isEqualTo(SUSPECT);
    assertThat(health.hasBadCopies()).isTrue();
  }

  @Test
  void onlyAProbeClearsAnUpstreamOfBadCopies() {
    for (int i = 0; i < 3; i++) {
      health.bad(nowNs);
    }
    for (int i = 0; i < 1000; i++) {
      health.sound(nowNs);
    }
    assertThat(health.state()).isEqualTo(SUSPECT);
    health.proven(nowNs);
    assertThat(health.state()).isEqualTo(HEALTHY);
  }

  @Test
  void aBadAnswerIsAnAnswer() {
    for (int i = 0; i < 3; i++) {
      health.unanswered(nowNs);
    }
    health.bad(nowNs);
    assertThat(health.state()).isEqualTo(HEALTHY);
  }

  @Test
  void probesComeLessAndLessOftenButAtLeastEveryOneAndAHalfSeconds() {
    assertThat(health.isProbeDue(nowNs)).isFalse();
    health.unanswered(nowNs);
    long first = untilProbe();
    assertThat(first).isBetween(180L, 250L);
    long last = first;
    for (int i = 0; i < 10; i++) {
      health.probed(nowNs);
      last = untilProbe();
      assertThat(last).isBetween(first, 1500L);
    }
    assertThat(last).isGreaterThan(1100);
    health.proven(nowNs);
    assertThat(health.isProbeDue(nowNs + TimeUnit.HOURS.toNanos(1))).isFalse();
  }

  private long untilProbe() {
    long fromNs = nowNs;
    while (!health.isProbeDue(nowNs)) {
      nowNs += TimeUnit.MILLISECONDS.toNanos(1);
    }
    return TimeUnit.NANOSECONDS.toMillis(nowNs - fromNs);
  }

  @Test
  void oneThatIsHealthyAgainGetsItsShareBackInTwoToFourSeconds() {
    assertThat(health.share(nowNs)).isEqualTo(UpstreamHealth.WHOLE);
    health.unanswered(nowNs);
    health.proven(nowNs);
    assertThat(health.share(nowNs)).isZero();
    assertThat(health.share(nowNs + TimeUnit.MILLISECONDS.toNanos(1000))).isBetween(250, 500);
    assertThat(health.share(nowNs + TimeUnit.MILLISECONDS.toNanos(1900))).isLessThan(1000);
    assertThat(health.share(nowNs + TimeUnit.SECONDS.toNanos(4))).isEqualTo(UpstreamHealth.WHOLE);
  }

  @Test
  void machinesReturnEachInItsOwnTime() {
    long at = nowNs + TimeUnit.SECONDS.toNanos(1);
    assertThat(
            new Random(3)
                .longs(40)
                .mapToInt(seed -> {
                  UpstreamHealth one = new UpstreamHealth(new Random(seed));
                  one.unanswered(nowNs);
                  one.proven(nowNs);
                  return one.share(at);
                })
                .distinct()
                .count())
        .isGreaterThan(20);
  }
}
