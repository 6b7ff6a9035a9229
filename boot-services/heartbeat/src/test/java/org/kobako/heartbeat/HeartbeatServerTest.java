package org.kobako.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kobako.heartbeat.Heartbeat.Life;
import org.kobako.testing.Peer;

/** Boxes on one computer's loopback, each with a port of its own. */
class HeartbeatServerTest {
  private static final byte[] KEY = "sixteen letters!".getBytes(StandardCharsets.US_ASCII);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Random random = new Random();
  private final List<InetSocketAddress> ports = List.of(freePort(), freePort(), freePort());
  private final List<TestBox> boxes = new ArrayList<>();

  private final class TestBox implements HeartbeatServer.Self {
    private final Life life;
    private final HeartbeatServer server;
    private volatile List<Heartbeat> others = List.of();
    private volatile boolean isSound = true;

    private TestBox(int number, byte[] key) throws IOException {
      life = new Life(number, random.nextLong());
      List<InetSocketAddress> peers = new ArrayList<>(ports);
      InetSocketAddress own = peers.remove(number);
      server =
          new HeartbeatServer(
              new HeartbeatConfig(
                  key,
                  own,
                  NetworkInterface.getByInetAddress(own.getAddress()),
                  peers,
                  Duration.ofSeconds(1)),
              life,
              this,
              members -> others = members);
      server.bind();
      server.start();
      boxes.add(this);
    }

    @Override
    public Optional<Report> report() {
      Report report =
          new Report(
              (int) life.box(), 5, false, 0, List.of(), List.of(), List.of(), List.of(), List.of());
      return isSound ? Optional.of(report) : Optional.empty();
    }

    @Override
    public void wereTold(List<Report.Assigned> assigned) {
      assertThat(assigned).isEmpty();
    }

    private void awaitOthers(TestBox... expected) {
      Set<Life> lives = new HashSet<>();
      for (TestBox box : expected) {
        lives.add(box.life);
      }
      Peer.await(
          "box " + life + " knows of " + lives,
          PATIENCE,
          () -> Set.copyOf(others.stream().map(Heartbeat::life).toList()).equals(lives));
    }
  }

  private static InetSocketAddress freePort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), Peer.freePort());
  }

  private TestBox start(int number) throws IOException {
    return new TestBox(number, KEY);
  }

  @AfterEach
  void endAll() throws IOException {
    for (TestBox box : boxes) {
      box.server.close();
    }
  }

  @Test
  void boxesKnowWhoIsThereAndHowLoadedAndWhoIsNot() throws Exception {
    TestBox first = start(0);
    TestBox second = start(1);
    TestBox third = start(2);
    first.awaitOthers(second, third);
    second.awaitOthers(first, third);
    third.awaitOthers(first, second);
    assertThat(first.others)
        .allSatisfy(
            other -> assertThat(other.report().loadLevel()).isEqualTo((int) other.life().box()));

    second.server.close();
    third.awaitOthers(first);

    third.isSound = false;
    first.awaitOthers();
    third.isSound = true;
    first.awaitOthers(third);

    first.awaitOthers(start(1), third);
  }

  @Test
  void whoHasAnotherKeyIsNobody() throws Exception {
    TestBox first = start(0);
    TestBox second = start(1);
    TestBox stranger = new TestBox(2, "another such key".getBytes(StandardCharsets.US_ASCII));
    first.awaitOthers(second);
    Peer.await(
        "forgeries are counted", PATIENCE, () -> first.server.ignored().containsKey("forged"));
    assertThat(stranger.others).isEmpty();
    assertThat(first.others).hasSize(1);
  }

  @Test
  void rubbishIsCountedAndStopsNothing() throws Exception {
    TestBox first = start(0);
    try (DatagramSocket socket = new DatagramSocket()) {
      for (int length = 0; length < 1500; length += 7) {
        byte[] rubbish = new byte[length];
        random.nextBytes(rubbish);
        socket.send(new DatagramPacket(rubbish, length, ports.getFirst()));
      }
    }
    Peer.await(
        "it is counted",
        PATIENCE,
        () -> first.server.ignored().keySet().equals(Set.of("forged", "malformed")));
    first.awaitOthers(start(1));
  }
}
