package org.kobako.block.client.mount.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kobako.block.client.mount.nbd.NbdTestServer.Transport;
import org.kobako.testing.Peer;

/** Life of a server and of its connections, good and bad. */
@Timeout(60)
class NbdServerTest {
  private static final int BLOCK = MemoryDisk.BLOCK_BYTES;
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir Path directory;

  private final MemoryDisk disk = new MemoryDisk(4 << 20);

  private void assertServes(NbdServer server) throws IOException {
    try (NbdTestClient client = NbdTestClient.transmitting(server, true)) {
      client.read(5, 1000, 3 * BLOCK);
      Chunk chunk = Chunk.read(client.in());
      assertThat(chunk.cookie()).isEqualTo(5);
      assertThat(chunk.data()).isEqualTo(disk.content(1000, 3 * BLOCK));
    }
  }

  private static void awaitNoThreads() {
    Peer.await("all threads end", SOON, () -> NbdTestServer.threadNames().findAny().isEmpty());
  }

  @ParameterizedTest
  @EnumSource
  void readIsAnswered(Transport transport) throws IOException {
    try (NbdServer server = NbdTestServer.start(disk, transport.address(directory))) {
      assertServes(server);
    }
  }

  @Test
  void freePortThatWasChosenIsTold() throws IOException {
    try (NbdServer server = NbdTestServer.onTcp(disk)) {
      assertThat(((NbdAddress.Tcp) server.address()).port()).isPositive();
    }
  }

  @ParameterizedTest
  @EnumSource
  void closeHangsUpAndEndsThreadsAndSocketFile(Transport transport) throws Exception {
    NbdServer server = NbdTestServer.start(disk, transport.address(directory));
    try (NbdTestClient reading = NbdTestClient.transmitting(server, false);
        NbdTestClient negotiating = new NbdTestClient(server)) {
      negotiating.greet();
      server.close();
      server.close();
      server.awaitEnd();
      reading.awaitHangUp();
      negotiating.awaitHangUp();
      awaitNoThreads();
      assertThat(directory).isEmptyDirectory();
    }
  }

  @Test
  void addressInUseIsRefused() throws IOException {
    try (NbdServer server = NbdTestServer.onTcp(disk)) {
      assertThatThrownBy(() -> NbdTestServer.start(disk, server.address()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen on");
    }
  }

  @Test
  void socketOfALivingServerIsNotTaken() throws IOException {
    NbdAddress address = Transport.UNIX.address(directory);
    try (NbdServer server = NbdTestServer.start(disk, address)) {
      assertThatThrownBy(() -> NbdTestServer.start(disk, address))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another server answers there");
      assertServes(server);
    }
  }

  @Test
  void socketOfAKilledServerIsReplaced() throws IOException {
    Path socket = directory.resolve("socket");
    // What kill -9 leaves: Java does not remove the file of a socket that it closes.
    try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      killed.bind(UnixDomainSocketAddress.of(socket));
    }
    assertThat(socket).exists();
    try (NbdServer server = NbdTestServer.start(disk, new NbdAddress.UnixSocket(socket))) {
      assertServes(server);
    }
  }

  @Test
  void fileThatIsNoSocketIsLeftAlone() throws IOException {
    Path file = Files.writeString(directory.resolve("notes"), "mine");
    assertThatThrownBy(() -> NbdTestServer.start(disk, new NbdAddress.UnixSocket(file)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a file of that name is there");
    assertThat(file).hasContent("mine");
  }

  @Test
  void clientThatDoesNotNegotiateIsHungUpOn() throws IOException {
    NbdConfig impatient =
        new NbdConfig(Transport.TCP.address(directory), 2, 1, Duration.ofMillis(200));
    try (NbdServer server = NbdServer.start(disk, impatient);
        NbdTestClient patient = NbdTestClient.transmitting(server, true);
        NbdTestClient silent = new NbdTestClient(server)) {
      silent.greet();
      silent.awaitHangUp();
      patient.read(1, 0, 512);
      assertThat(Chunk.read(patient.in()).data()).hasSize(512);
    }
  }

  @Test
  void clientTooManyIsTurnedAwayUntilOneLeaves() throws IOException {
    NbdConfig narrow = new NbdConfig(Transport.TCP.address(directory), 1, 1, SOON);
    try (NbdServer server = NbdServer.start(disk, narrow)) {
      try (NbdTestClient first = NbdTestClient.transmitting(server, true);
          NbdTestClient tooMany = new NbdTestClient(server)) {
        tooMany.awaitHangUp();
        first.read(1, 0, 512);
        assertThat(Chunk.read(first.in()).data()).hasSize(512);
      }
      Peer.await(
          "the place is free again",
          SOON,
          () -> {
            try {
              assertServes(server);
              return true;
            } catch (IOException notYet) {
              return false;
            }
          });
    }
  }

  @Test
  void garbageEndsItsConnectionAndNoOther() throws IOException {
    try (NbdServer server = NbdTestServer.onTcp(disk);
        NbdTestClient good = NbdTestClient.transmitting(server, true)) {
      for (int seed = 0; seed < 20; seed++) {
        try (NbdTestClient bad =
            seed % 2 == 0 ? new NbdTestClient(server) : NbdTestClient.transmitting(server, true)) {
          bad.send(ByteBuffer.wrap(new MemoryDisk(BLOCK).content(seed * 100, 1000)));
          bad.awaitHangUp();
        }
      }
      good.read(1, 0, 512);
      assertThat(Chunk.read(good.in()).data()).hasSize(512);
    }
  }

  @Test
  void thousandsOfOptionsEndTheirConnection() throws IOException {
    try (NbdServer server = NbdTestServer.onTcp(disk)) {
      try (NbdTestClient haggler = new NbdTestClient(server)) {
        haggler.greet();
        ByteBuffer options = ByteBuffer.allocate(5000 * Negotiation.OPTION_BYTES);
        while (options.hasRemaining()) {
          options.put(Messages.option(Negotiation.OPT_STARTTLS, new byte[0]));
        }
        try {
          haggler.send(options.flip());
        } catch (IOException alreadyClosed) {
          // the server may hang up while the options are still on their way
        }
        haggler.awaitHangUp();
      }
      assertServes(server);
    }
  }

  @Test
  void payloadOfARefusedWriteIsNotTakenForRequests() throws IOException {
    try (NbdServer server = NbdTestServer.onTcp(disk);
        NbdTestClient client = NbdTestClient.transmitting(server, false)) {
      client.send(Messages.request(1, 0, 1, 0, 1 << 20));
      client.send(ByteBuffer.allocate(1 << 20));
      client.read(2, 0, 512);
      assertThat(client.in().readInt()).isEqualTo(ReplyLayout.SIMPLE_MAGIC);
      assertThat(client.in().readInt()).isEqualTo(NbdError.NOT_PERMITTED.code);
      assertThat(client.in().readLong()).isEqualTo(1);
      assertThat(client.in().readInt()).isEqualTo(ReplyLayout.SIMPLE_MAGIC);
      assertThat(client.in().readInt()).isZero();
      assertThat(client.in().readLong()).isEqualTo(2);
    }
  }
}
