package org.kobako.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.kobako.dns.RateLimit.Verdict;

class RateLimitTest {
  private static final InetAddress MACHINE = InetAddress.ofLiteral("10.75.0.100");
  private static final InetAddress ELSEWHERE = InetAddress.ofLiteral("10.75.1.100");

  private final RateLimit limit = new RateLimit(10, 20);
  private long nowNs = Long.MAX_VALUE - 5;

  private int answered(InetAddress asker, int questions) {
    int answers = 0;
    for (int i = 0; i < questions; i++) {
      answers += limit.ask(asker, nowNs) == Verdict.ANSWER ? 1 : 0;
    }
    return answers;
  }

  @Test
  void aNetworkIsAnsweredSoOftenAtOnceAndSoOftenASecond() {
    assertThat(answered(MACHINE, 100)).isEqualTo(20);
    nowNs += TimeUnit.SECONDS.toNanos(1);
    assertThat(answered(MACHINE, 100)).isEqualTo(10);
    nowNs += TimeUnit.HOURS.toNanos(1);
    assertThat(answered(MACHINE, 100)).isEqualTo(20);
  }

  @Test
  void anotherNetworkHasAnswersOfItsOwnAndANeighbourHasNot() {
    answered(MACHINE, 100);
    assertThat(answered(ELSEWHERE, 1)).isEqualTo(1);
    assertThat(answered(InetAddress.ofLiteral("10.75.0.7"), 1)).isZero();
    assertThat(answered(InetAddress.ofLiteral("fd00:0:0:1::7"), 30)).isEqualTo(20);
    assertThat(answered(InetAddress.ofLiteral("fd00:0:0:2::7"), 1)).isZero();
    assertThat(answered(InetAddress.ofLiteral("fd01::7"), 1)).isEqualTo(1);
  }

  @Test
  void halfOfWhatIsTooMuchIsToldToAskByTcp() {
    answered(MACHINE, 20);
    assertThat(limit.ask(MACHINE, nowNs)).isEqualTo(Verdict.SILENCE);
    assertThat(limit.ask(MACHINE, nowNs)).isEqualTo(Verdict.ASK_BY_TCP);
    assertThat(limit.ask(MACHINE, nowNs)).isEqualTo(Verdict.SILENCE);
  }

  @Test
  void aForgerWithManyAddressesFillsNoMemory() {
    for (int i = 0; i < 10 * RateLimit.MAX_NETWORKS; i++) {
      byte[] octets = {10, (byte) (i >> 8), (byte) i, 1};
      assertThat(limit.ask(address(octets), nowNs)).isEqualTo(Verdict.ANSWER);
    }
    assertThat(limit.networks()).isEqualTo(RateLimit.MAX_NETWORKS);
  }

  private static InetAddress address(byte[] octets) {
    try {
      return InetAddress.getByAddress(octets);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
