package org.kobako.block.client.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.block.client.resolve.FakeDns;
import org.kobako.block.client.resolve.NameServers;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.FetchedBlock;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.StorePath;
import org.kobako.block.format.UnreachableSourceException;
import org.kobako.block.format.digest.Digesters;
import org.kobako.testing.FaultyBox;
import org.kobako.testing.Peer;
import org.kobako.testing.TestDisk;
import org.kobako.testing.TestStore;

/** One URL with a name, whose addresses the DNS says: boxes at 127.0.0.1, 127.0.0.2. */
@Timeout(60)
class NamedUpstreamsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String NAME = "disk1.boot.kobako";
  private static final String FIRST = "127.0.0.1";
  private static final String SECOND = "127.0.0.2";

  @TempDir Path temp;

  private final int port = Peer.freePort();
  private @Nullable BlockIndex index;

  @BeforeEach
  void packADisk() throws IOException {
    byte[] disk = TestDisk.mixed(3 * BlockSize.MIN_BYTES, BlockSize.MIN_BYTES, 1);
    index = new TestStore(temp).add("disk", 1, disk);
  }

  @Test
  void theFirstAddressIsPreferredWhoeverIsFaster() throws IOException {
    try (FaultyBox first = box(FIRST).delayedBy(5, 1);
        FaultyBox second = box(SECOND);
        FakeDns dns = new FakeDns().with(NAME, FIRST, SECOND);
        Upstreams upstreams = upstreams(dns, Duration.ofSeconds(20))) {
      fetch(upstreams, 40);
      assertThat(first.blockRequests()).isGreaterThan(second.blockRequests());
    }
  }

  @Test
  void theNextAddressTakesOver() throws IOException {
    FaultyBox first = box(FIRST);
    try (FaultyBox second = box(SECOND);
        FakeDns dns = new FakeDns().with(NAME, FIRST, SECOND);
        Upstreams upstreams = upstreams(dns, Duration.ofSeconds(20))) {
      fetch(upstreams, 1);
      first.close();
      fetch(upstreams, 5);
      assertThat(second.blockRequests()).isGreaterThanOrEqualTo(5);
    }
  }

  @Test
  void anotherOrderIsFollowedWhenTheTimeToLiveIsOver() throws IOException {
    try (FaultyBox first = box(FIRST);
        FaultyBox second = box(SECOND);
        FakeDns dns = new FakeDns().with(NAME, FIRST, SECOND);
        Upstreams upstreams = upstreams(dns, Duration.ofSeconds(20))) {
      fetch(upstreams, 3);
      assertThat(first.blockRequests()).isPositive();
      dns.with(NAME, SECOND, FIRST);
      Peer.await(
          "the second box is preferred",
          PATIENCE,
          () -> {
            int before = first.blockRequests();
            fetch(upstreams, 3);
            return first.blockRequests() == before;
          });
      assertThat(second.blockRequests()).isGreaterThanOrEqualTo(3);
    }
  }

  @Test
  void anAddressThatLeftIsNotAskedAndANewOneIs() throws IOException {
    try (FaultyBox first = box(FIRST);
        FaultyBox second = box(SECOND);
        FakeDns dns = new FakeDns().with(NAME, FIRST);
        Upstreams upstreams = upstreams(dns, Duration.ofSeconds(20))) {
      fetch(upstreams, 1);
      dns.with(NAME, SECOND);
      Peer.await(
          "the second box is there",
          PATIENCE,
          () -> {
            fetch(upstreams, 1);
            return second.blockRequests() > 0;
          });
      int before = first.blockRequests();
      fetch(upstreams, 5);
      assertThat(first.blockRequests()).isEqualTo(before);
      assertThat(upstreams.states()).hasSize(1);
    }
  }

  @Test
  void aFailureAsksTheDnsAtOnce() throws IOException {
    FaultyBox first = box(FIRST);
    try (FaultyBox second = box(SECOND);
        FakeDns dns = new FakeDns().with(NAME, FIRST);
        Upstreams upstreams = upstreams(dns, Duration.ofSeconds(20))) {
      fetch(upstreams, 1);
      dns.with(NAME, SECOND);
      first.close();
      fetch(upstreams, 1);
      assertThat(second.blockRequests()).isPositive();
    }
  }

  @Test
  void theLastAddressesStayWhereTheDnsKnowsOfNone() throws IOException {
    try (FaultyBox first = box(FIRST);
        FakeDns dns = new FakeDns().with(NAME, FIRST);
        Upstreams upstreams = upstreams(dns, Duration.ofSeconds(20))) {
      dns.with(NAME);
      int before = dns.questions();
      Peer.await("it was asked again", PATIENCE, () -> dns.questions() >= before + 2);
      fetch(upstreams, 1);
      assertThat(first.blockRequests()).isPositive();
    }
  }

  @Test
  void theLastAddressesStayWhereNoDnsAnswers() throws IOException {
    try (FaultyBox first = box(FIRST);
        FakeDns dns = new FakeDns().with(NAME, FIRST);
        Upstreams upstreams = upstreams(dns, Duration.ofSeconds(20))) {
      dns.fallSilent(true);
      int before = dns.questions();
      Peer.await("it was asked again, twice", PATIENCE, () -> dns.questions() >= before + 2);
      fetch(upstreams, 1);
      assertThat(first.blockRequests()).isPositive();
    }
  }

  @Test
  void aNameThatNobodyKnowsIsNamedInTheError() throws IOException {
    try (FakeDns dns = new FakeDns();
        Upstreams upstreams = upstreams(dns, Duration.ofMillis(100))) {
      assertThatThrownBy(() -> fetch(upstreams, 1))
          .isInstanceOf(UnreachableSourceException.class)
          .hasMessageContaining(NAME);
    }
  }

  @Test
  void noMoreAddressesAreUsedThanThereAreUpstreams() throws IOException {
    String[] many =
        IntStream.rangeClosed(1, 40).mapToObj(number -> "127.0.0." + number).toArray(String[]::new);
    try (FaultyBox first = box(FIRST);
        FakeDns dns = new FakeDns().with(NAME, many);
        Upstreams upstreams = upstreams(dns, Duration.ofSeconds(20))) {
      assertThat(upstreams.states()).hasSize(Upstreams.MAX_UPSTREAMS);
      fetch(upstreams, 1);
      assertThat(first.blockRequests()).isPositive();
    }
  }

  private FaultyBox box(String address) throws IOException {
    return new FaultyBox(temp, InetAddress.ofLiteral(address), port);
  }

  private Upstreams upstreams(FakeDns dns, Duration patience) {
    return new Upstreams(
        List.of(UpstreamUrl.parse("http://" + NAME + ":" + port)),
        null,
        NameServers.parse(dns.address()),
        new StorePath.Current(new ImageName("disk")),
        patience);
  }

  private void fetch(Upstreams upstreams, int times) throws IOException {
    FetchedBlock block = new FetchedBlock(BlockSize.MIN_BYTES);
    for (int i = 0; i < times; i++) {
      block.request(Objects.requireNonNull(index), 0);
      assertThat(upstreams.fetchVerified(block, Digesters.newDigester()).storedLength())
          .isPositive();
    }
  }
}
