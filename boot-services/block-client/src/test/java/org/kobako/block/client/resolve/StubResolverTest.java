package org.kobako.block.client.resolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StubResolverTest {
  private static final String NAME = "disk1.boot.kobako";

  @Test
  void addressesComeInTheOrderOfTheDns() throws IOException {
    try (FakeDns dns = new FakeDns().with(NAME, "10.0.0.9", "10.0.0.1", "10.0.0.5")) {
      Addresses addresses = lookup(dns.address());
      assertThat(texts(addresses)).containsExactly("10.0.0.9", "10.0.0.1", "10.0.0.5");
      assertThat(addresses.goodFor()).isEqualTo(Duration.ofSeconds(1));
    }
  }

  @Test
  void aBoxIsNotAskedByBothItsAddresses() throws IOException {
    try (FakeDns dns = new FakeDns().with(NAME, "fd00::1", "10.0.0.1")) {
      assertThat(texts(lookup(dns.address()))).containsExactly("10.0.0.1");
      dns.with(NAME, "fd00::1");
      assertThat(texts(lookup(dns.address()))).containsExactly("fd00:0:0:0:0:0:0:1");
    }
  }

  @Test
  void aNameThatIsNotThereHasNoAddresses() throws IOException {
    try (FakeDns dns = new FakeDns()) {
      assertThat(lookup(dns.address()).inOrder()).isEmpty();
      dns.answerWithCode(DnsMessage.Answer.NO_SUCH_NAME);
      assertThat(lookup(dns.address()).inOrder()).isEmpty();
    }
  }

  @Test
  void aServerThatIsSilentIsPassedOverAndAskedLastNextTime() throws IOException {
    try (FakeDns silent = new FakeDns();
        FakeDns other = new FakeDns().with(NAME, "10.0.0.1")) {
      silent.fallSilent(true);
      StubResolver resolver = resolver(silent.address() + "," + other.address());
      assertThat(texts(resolver.lookup(NAME))).containsExactly("10.0.0.1");
      assertThat(texts(resolver.lookup(NAME))).containsExactly("10.0.0.1");
      assertThat(silent.questions()).isEqualTo(1);
    }
  }

  @Test
  void aServerThatFailsIsPassedOver() throws IOException {
    try (FakeDns failing = new FakeDns().with(NAME, "10.0.0.2");
        FakeDns other = new FakeDns().with(NAME, "10.0.0.1")) {
      failing.answerWithCode(2);
      assertThat(texts(lookup(failing.address() + "," + other.address())))
          .containsExactly("10.0.0.1");
    }
  }

  @Test
  void aServerThatDoesNotKnowTheBootZoneIsNoReasonToGiveUp() throws IOException {
    try (FakeDns router = new FakeDns();
        FakeDns box = new FakeDns().with(NAME, "10.0.0.1")) {
      router.answerWithCode(DnsMessage.Answer.NO_SUCH_NAME);
      assertThat(texts(lookup(router.address() + "," + box.address()))).containsExactly("10.0.0.1");
    }
  }

  @Test
  void withoutAnAnswerThereIsAnError() throws IOException {
    try (FakeDns silent = new FakeDns()) {
      silent.fallSilent(true);
      assertThatThrownBy(() -> lookup(silent.address()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no DNS server knows " + NAME);
    }
  }

  @Test
  void whatAnswersAnotherQuestionIsPassedOver() throws IOException {
    List<UnaryOperator<byte[]>> forgeries =
        List.of(
            answer -> changed(answer, 0, answer[0] ^ 1),
            answer -> changed(answer, 2, 0),
            answer -> changed(answer, 5, 0),
            answer -> changed(answer, 13, 'D' ^ 'e'),
            answer -> changed(answer, 30, 28),
            answer -> Arrays.copyOf(answer, 7),
            answer -> Arrays.copyOf(answer, answer.length - 1),
            answer -> new byte[0]);
    for (UnaryOperator<byte[]> forgery : forgeries) {
      try (FakeDns dns = new FakeDns().with(NAME, "10.0.0.1")) {
        // A forged answer leads elsewhere, but for what tells it.
        dns.forge(answer -> forgery.apply(changed(answer, answer.length - 1, 66)));
        assertThat(texts(lookup(dns.address()))).containsExactly("10.0.0.1");
      }
    }
  }

  @Test
  void aNameThatNoNameCanBeLikeIsRefused() throws IOException {
    try (FakeDns dns = new FakeDns()) {
      StubResolver resolver = resolver(dns.address());
      for (String name : List.of("a..b", ".a.b", "x".repeat(64) + ".b", "ab.".repeat(90))) {
        assertThatThrownBy(() -> resolver.lookup(name)).isInstanceOf(IOException.class);
      }
      assertThat(dns.questions()).isZero();
    }
  }

  private static byte[] changed(byte[] answer, int at, int value) {
    answer[at] = (byte) value;
    return answer;
  }

  private static StubResolver resolver(String servers) {
    return new StubResolver(NameServers.parse(servers));
  }

  private static Addresses lookup(String servers) throws IOException {
    return resolver(servers).lookup(NAME);
  }

  private static List<String> texts(Addresses addresses) {
    return addresses.inOrder().stream().map(InetAddress::getHostAddress).toList();
  }
}
