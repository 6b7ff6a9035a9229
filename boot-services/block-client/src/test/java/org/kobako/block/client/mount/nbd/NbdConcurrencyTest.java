package org.kobako.block.client.mount.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kobako.testing.Peer;

/** Who waits for whom: slow blocks, stuck clients, workers that are all taken. */
@Timeout(60)
class NbdConcurrencyTest {
  private static final int BLOCK = MemoryDisk.BLOCK_BYTES;
  private static final int WORKERS = 4;
  private static final int SLOW = 3;

  private final MemoryDisk disk = new MemoryDisk(4 << 20).withStalledBlock(SLOW).withFaultyBlock(9);
  private NbdServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        NbdServer.start(
            disk,
            new NbdConfig(NbdAddress.parse("127.0.0.1:0"), 8, WORKERS, Duration.ofSeconds(30)));
  }

  @AfterEach
  void close() {
    disk.releaseStalledBlocks();
    server.close();
  }

  private void assertAnswered(NbdTestClient client, long cookie) throws IOException {
    Chunk chunk = Chunk.read(client.in());
    assertThat(chunk.cookie()).isEqualTo(cookie);
    assertThat(chunk.data()).isEqualTo(disk.content(cookie * BLOCK, BLOCK));
  }

  @Test
  void slowBlockDoesNotHoldTheRequestsBehindIt() throws IOException {
    try (NbdTestClient client = NbdTestClient.transmitting(server, true)) {
      client.read(SLOW, SLOW * BLOCK, BLOCK);
      client.read(5, 5 * BLOCK, BLOCK);
      assertAnswered(client, 5);
      client.read(6, 6 * BLOCK, BLOCK);
      assertAnswered(client, 6);
      disk.releaseStalledBlocks();
      assertAnswered(client, SLOW);
    }
  }

  @Test
  void manyRequestsInFlightAreAllAnsweredOnce() throws IOException {
    try (NbdTestClient client = NbdTestClient.transmitting(server, true)) {
      Set<Long> open = new HashSet<>();
      for (int round = 0; round < 50; round++) {
        for (long block = 10; block < 60; block++) {
          client.read(block, block * BLOCK, 512);
          open.add(block);
        }
        while (!open.isEmpty()) {
          Chunk chunk = Chunk.read(client.in());
          assertThat(open.remove(chunk.cookie())).isTrue();
          assertThat(chunk.data()).isEqualTo(disk.content(chunk.cookie() * BLOCK, 512));
        }
      }
    }
  }

  @Test
  void whenAllWorkersWaitAnotherConnectionIsServed() throws IOException {
    try (NbdTestClient waiting = NbdTestClient.transmitting(server, true);
        NbdTestClient other = NbdTestClient.transmitting(server, true)) {
      for (int i = 0; i < WORKERS + 10; i++) {
        waiting.read(SLOW, SLOW * BLOCK, BLOCK);
      }
      for (long block = 10; block < 20; block++) {
        other.read(block, block * BLOCK, BLOCK);
        assertAnswered(other, block);
      }
      disk.releaseStalledBlocks();
      for (int i = 0; i < WORKERS + 10; i++) {
        assertAnswered(waiting, SLOW);
      }
    }
  }

  @Test
  void clientThatNeverReadsItsRepliesStopsOnlyItself() throws IOException {
    try (NbdTestClient stuck = NbdTestClient.transmitting(server, false);
        NbdTestClient other = NbdTestClient.transmitting(server, true)) {
      for (int i = 0; i < 200; i++) {
        stuck.read(1, 1 << 20, 1 << 20);
      }
      for (int round = 0; round < 20; round++) {
        for (long block = 10; block < 60; block++) {
          other.read(block, block * BLOCK, BLOCK);
          assertAnswered(other, block);
        }
      }
    }
  }

  @Test
  void disconnectIsHeldUntilWhatIsOutstandingIsAnswered() throws IOException {
    try (NbdTestClient client = NbdTestClient.transmitting(server, true)) {
      client.read(SLOW, SLOW * BLOCK, BLOCK);
      client.send(Messages.request(2, 0, 0, 0, 0));
      disk.releaseStalledBlocks();
      assertAnswered(client, SLOW);
      client.awaitHangUp();
    }
  }

  @Test
  void clientsThatLeaveInTheMiddleGiveTheirPlacesBack() throws IOException {
    for (int i = 0; i < 20; i++) {
      try (NbdTestClient leaving = NbdTestClient.transmitting(server, true)) {
        for (int block = 10; block < 20; block++) {
          leaving.read(block, block * BLOCK, BLOCK);
        }
      }
      Peer.await(
          "the connection is gone",
          Duration.ofSeconds(10),
          () -> NbdTestServer.threadNames().noneMatch(name -> name.startsWith("nbd-connection")));
    }
    try (NbdTestClient client = NbdTestClient.transmitting(server, true)) {
      client.read(5, 5 * BLOCK, BLOCK);
      assertAnswered(client, 5);
    }
  }

  @Test
  void onlyTheReadThatTouchesTheBadBlockFails() throws IOException {
    try (NbdTestClient client = NbdTestClient.transmitting(server, true)) {
      client.read(9, 9 * BLOCK + 1000, 512);
      Chunk error = Chunk.read(client.in());
      assertThat(error.type()).isEqualTo(ReplyLayout.TYPE_ERROR_OFFSET);
      assertThat(error.errorCode()).isEqualTo(NbdError.IO.code);
      client.read(8, 8 * BLOCK, BLOCK);
      assertAnswered(client, 8);
      client.read(10, 10 * BLOCK, BLOCK);
      assertAnswered(client, 10);
    }
  }
}
