package org.kobako.block.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.StorePath;
import org.kobako.block.server.MachineReads.Read;
import org.kobako.testing.Peer;
import org.kobako.testing.TestDisk;
import org.kobako.testing.TestStore;

class MachineReadsTest {
  private static final ImageName DEBIAN = new ImageName("debian");
  private static final StorePath BLOCK = new StorePath.Block("ab".repeat(32));
  private static final InetAddress ONE = InetAddress.ofLiteral("10.0.0.1");
  private static final InetAddress TWO = InetAddress.ofLiteral("10.0.0.2");
  private static final InetAddress THREE = InetAddress.ofLiteral("10.0.0.3");

  @TempDir Path directory;
  private long nowNs = 1_000_000_000;
  private final MachineReads reads = new MachineReads(2, () -> nowNs);

  private void after(int seconds) {
    nowNs += Duration.ofSeconds(seconds).toNanos();
  }

  private static Read read(InetAddress machine, long version, int secondsAgo) {
    return new Read(machine, DEBIAN, version, Duration.ofSeconds(secondsAgo));
  }

  @Test
  void aMachineIsKnownByWhatItSaidLast() {
    reads.note(TWO, "kobako debian/3", BLOCK);
    after(5);
    reads.note(ONE, "kobako debian/2", BLOCK);
    after(1);
    reads.note(ONE, "kobako debian/3", BLOCK);
    after(1);

    assertThat(reads.all()).containsExactly(read(ONE, 3, 1), read(ONE, 2, 2), read(TWO, 3, 7));
  }

  @Test
  void whoAsksForAnIndexReadsThatVersion() {
    reads.note(ONE, "kobako", new StorePath.Index(DEBIAN, 7));
    reads.note(TWO, "curl/7.88", new StorePath.Index(DEBIAN, 7));

    assertThat(reads.all()).containsExactly(read(ONE, 7, 0));
  }

  @Test
  void theMachineThatAskedLongestAgoIsForgottenFirst() {
    reads.note(ONE, "kobako debian/1", BLOCK);
    after(1);
    reads.note(TWO, "kobako debian/1", BLOCK);
    after(1);
    reads.note(ONE, "kobako debian/1", BLOCK);
    reads.note(THREE, "kobako debian/1", BLOCK);

    assertThat(reads.all()).extracting(Read::machine).containsExactly(ONE, THREE);
  }

  @Test
  void aConnectionOfAForgottenMachineBringsItBack() {
    MachineReads.OfConnection connection = reads.ofConnection(ONE);
    connection.note("kobako debian/1", BLOCK);
    after(1);
    reads.note(TWO, "kobako debian/1", BLOCK);
    reads.note(THREE, "kobako debian/1", BLOCK);
    assertThat(reads.all()).extracting(Read::machine).containsExactly(TWO, THREE);
    after(1);

    connection.note("kobako debian/1", BLOCK);

    assertThat(reads.all()).extracting(Read::machine).contains(ONE).hasSize(2);
  }

  @Test
  void aMachineThatSaysManyThingsIsBounded() {
    for (int version = 1; version <= MachineReads.MAX_READS_OF_A_MACHINE + 5; version++) {
      reads.note(ONE, "kobako debian/" + version, BLOCK);
      after(1);
    }

    assertThat(reads.all())
        .hasSize(MachineReads.MAX_READS_OF_A_MACHINE)
        .extracting(Read::version)
        .doesNotContain(1L, 5L)
        .contains(6L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "If-None-Match: \"x\""})
  void curlThatSaysWhatItReadsIsNotedOnBothWays(String field) throws Exception {
    TestStore store = new TestStore(directory.resolve("store"));
    store.add("debian", 3, TestDisk.mixed(600_000, 64 << 10, 1));
    BlockServerConfig config = BlockServerConfig.of(store.root());
    try (TestBox box = new TestBox(config)) {
      Peer.run(
              "curl",
              "--silent",
              "--fail",
              "--user-agent",
              "kobako debian/3",
              "--header",
              field,
              box.url() + "images/debian/current")
          .succeeded();
    }

    assertThat(config.reads().all())
        .singleElement()
        .satisfies(read -> {
          assertThat(read.machine().isLoopbackAddress()).isTrue();
          assertThat(read.image()).isEqualTo(DEBIAN);
          assertThat(read.version()).isEqualTo(3);
        });
  }
}
