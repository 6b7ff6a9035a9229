package org.kobako.block.client.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.block.client.resolve.NameServers;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.Codec;
import org.kobako.block.format.FetchedBlock;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.StorePath;
import org.kobako.block.format.digest.Digester;
import org.kobako.block.format.digest.Digesters;
import org.kobako.testing.FaultyBox;
import org.kobako.testing.FaultyBox.Fault;
import org.kobako.testing.Peer;
import org.kobako.testing.TestDisk;
import org.kobako.testing.TestStore;

/**
 * Several boxes of which one fails: what is fetched is always sound, and how often who is asked.
 */
@Timeout(60)
class UpstreamsTest {
  private static final int BLOCK = BlockSize.MIN_BYTES;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path temp;

  private TestStore store = new TestStore(Path.of("unset"));
  private List<Integer> blocks = List.of();
  private byte[] disk = {};
  private @Nullable BlockIndex packed;

  @BeforeEach
  void packADisk() throws IOException {
    disk = TestDisk.mixed(50 * BLOCK, BLOCK, 1);
    store = new TestStore(temp);
    BlockIndex index = store.add("disk", 1, disk, BLOCK, Codec.NONE, null);
    packed = index;
    blocks = new ArrayList<>();
    for (int number = 0; number < index.blockCount(); number++) {
      if (!index.isZeros(number)) {
        blocks.add(number);
      }
    }
  }

  @Test
  void aBoxThatFreezesIsOvertakenThenAskedLast() throws IOException {
    try (FaultyBox frozen = new FaultyBox(store.root());
        FaultyBox sound = new FaultyBox(store.root());
        Upstreams upstreams = upstreams(frozen, sound)) {
      fetchAll(upstreams);
      frozen.with(Fault.STALL, "");
      int before = frozen.blockRequests();
      // By chance it may have been the slower one, and is not asked for a while.
      Peer.await(
          "a hedge is won, and it is not asked first",
          PATIENCE,
          () -> {
            fetchAll(upstreams);
            return upstreams.counters().hedgesWon() > 0
                && upstreams.states().getFirst() != UpstreamState.HEALTHY;
          });
      for (int i = 0; i < 5; i++) {
        fetchAll(upstreams);
      }
      // Of more than 200 fetches, those that found out, and probes.
      assertThat(frozen.blockRequests() - before).isLessThan(40);
    }
  }

  @Test
  void aBoxWhoseDiskIsSlowIsAskedLastUntilItSendsABlockInTime() throws IOException {
    try (FaultyBox slow = new FaultyBox(store.root());
        FaultyBox sound = new FaultyBox(store.root());
        Upstreams upstreams = upstreams(slow, sound)) {
      fetchAll(upstreams);
      slow.delayedBy(1000, 1);
      Peer.await(
          "it is not asked first",
          PATIENCE,
          () -> {
            fetchAll(upstreams);
            return upstreams.states().getFirst() != UpstreamState.HEALTHY;
          });
      int before = slow.blockRequests();
      Peer.await("two probes", PATIENCE, () -> slow.blockRequests() >= before + 2);
      assertThat(upstreams.states().getFirst()).isNotEqualTo(UpstreamState.HEALTHY);
      slow.delayedBy(0, 1);
      Peer.await(
          "it is healthy", PATIENCE, () -> upstreams.states().getFirst() == UpstreamState.HEALTHY);
    }
  }

  @Test
  void aBoxWithCorruptBlocksIsAskedLastUntilThatBlockIsSound() throws IOException {
    try (FaultyBox rotten = new FaultyBox(store.root()).with(Fault.FLIP_BIT);
        FaultyBox sound = new FaultyBox(store.root());
        Upstreams upstreams = upstreams(rotten, sound)) {
      for (int i = 0; i < 5; i++) {
        fetchAll(upstreams);
      }
      FetchCounters counters = upstreams.counters();
      assertThat(counters.corruptAnswers()).isBetween(3L, 5 + counters.hedged());
      int before = rotten.blockRequests();
      Peer.await("two probes", PATIENCE, () -> rotten.blockRequests() >= before + 2);
      assertThat(upstreams.states()).containsExactly(UpstreamState.SUSPECT, UpstreamState.HEALTHY);
      rotten.with(Fault.NONE);
      Peer.await(
          "it is healthy", PATIENCE, () -> upstreams.states().getFirst() == UpstreamState.HEALTHY);
    }
  }

  @Test
  void aSingleCorruptBlockIsNoReasonToAskElsewhere() throws IOException {
    try (FaultyBox box = new FaultyBox(store.root());
        FaultyBox other = new FaultyBox(store.root());
        Upstreams upstreams = upstreams(box, other)) {
      Path block = store.blockFile(index(), 0);
      for (FaultyBox either : List.of(box, other)) {
        either.with(Fault.FLIP_BIT, temp.relativize(block).toString());
        for (int i = 0; i < 20; i++) {
          fetch(upstreams, 0);
        }
        either.with(Fault.NONE);
      }
      // Of 40: whoever has it is asked first as often as the other.
      assertThat(upstreams.counters().corruptAnswers()).isGreaterThan(8);
    }
  }

  @Test
  void aHedgeWithCorruptBytesWinsNothing() throws IOException {
    try (FaultyBox frozen = new FaultyBox(store.root());
        FaultyBox rotten = new FaultyBox(store.root());
        FaultyBox sound = new FaultyBox(store.root());
        Upstreams upstreams = upstreams(frozen, rotten, sound)) {
      frozen.with(Fault.STALL);
      rotten.with(Fault.FLIP_BIT);
      fetchAll(upstreams);
      assertThat(sound.blockRequests()).isPositive();
    }
  }

  /** The first says late that it has no such block; the other fails once, when it is the hedge. */
  @Test
  void whatAHedgeFailedToGetIsAskedForAgain() throws IOException {
    try (FaultyBox missing = new FaultyBox(store.root()).with(Fault.MISSING).delayedBy(400, 1);
        FaultyBox failing = new FaultyBox(store.root()).with(Fault.SERVER_ERROR);
        Upstreams upstreams = upstreams(missing, failing)) {
      Thread.ofPlatform()
          .start(() -> {
            Peer.await("the hedge fails", PATIENCE, () -> failing.blockRequests() > 0);
            failing.with(Fault.NONE);
          });
      fetch(upstreams, blocks.getFirst());
      assertThat(failing.blockRequests()).isGreaterThan(1);
    }
  }

  /** Every fourth block of either is late: nobody can learn to wait for that. */
  @Test
  void hedgesStayWithinTheirBudgetWhereAllAreSlow() throws Exception {
    try (FaultyBox one = new FaultyBox(store.root()).delayedBy(150, 4);
        FaultyBox two = new FaultyBox(store.root()).delayedBy(150, 4);
        Upstreams upstreams = upstreams(one, two)) {
      List<Thread> readers = new ArrayList<>();
      List<IOException> errors = new CopyOnWriteArrayList<>();
      for (int i = 0; i < 8; i++) {
        readers.add(
            Thread.ofPlatform()
                .start(() -> {
                  try {
                    fetchAll(upstreams);
                  } catch (IOException e) {
                    errors.add(e);
                  }
                }));
      }
      for (Thread reader : readers) {
        reader.join();
      }
      assertThat(errors).isEmpty();
      FetchCounters counters = upstreams.counters();
      assertThat(counters.fetches()).isEqualTo(8L * blocks.size());
      assertThat(counters.hedged()).isPositive();
      assertThat(counters.hedged()).isLessThanOrEqualTo(8 + counters.fetches() / 20);
    }
  }

  @Test
  void aBoxThatIsNotHealthyIsNoHedge() throws IOException {
    FaultyBox dead = new FaultyBox(store.root());
    try (FaultyBox slow = new FaultyBox(store.root());
        Upstreams upstreams = upstreams(dead, slow)) {
      dead.close();
      Peer.await(
          "it is found out",
          PATIENCE,
          () -> {
            fetchAll(upstreams);
            return upstreams.states().getFirst() != UpstreamState.HEALTHY;
          });
      long before = upstreams.counters().hedged();
      slow.delayedBy(200, 10);
      fetchAll(upstreams);
      assertThat(upstreams.counters().hedged()).isEqualTo(before);
    }
  }

  /** A listener whose queue is full drops what comes, as a cable that is out does. */
  @Test
  void aBoxThatVanishedIsNotWaitedForByEachFetch() throws IOException {
    List<Socket> queued = new ArrayList<>();
    try (ServerSocket vanished = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        FaultyBox sound = new FaultyBox(store.root())) {
      for (int i = 0; i < 2; i++) {
        queued.add(new Socket(vanished.getInetAddress(), vanished.getLocalPort()));
      }
      String url = "http://127.0.0.1:" + vanished.getLocalPort();
      try (Upstreams upstreams = upstreams(Stream.of(url, sound.url()))) {
        fetchAll(upstreams);
        FetchCounters counters = upstreams.counters();
        assertThat(counters.hedgesWon() + counters.unreachableAnswers()).isBetween(1L, 15L);
        assertThat(upstreams.states().getFirst()).isNotEqualTo(UpstreamState.HEALTHY);
      }
    } finally {
      for (Socket socket : queued) {
        socket.close();
      }
    }
  }

  @Test
  void eachNewStateIsOneLine() throws IOException {
    try (Lines lines = new Lines();
        FaultyBox rotten = new FaultyBox(store.root()).with(Fault.FLIP_BIT);
        FaultyBox sound = new FaultyBox(store.root());
        Upstreams upstreams = upstreams(rotten, sound)) {
      fetchAll(upstreams);
      rotten.with(Fault.NONE);
      String about = rotten.url() + " is ";
      Peer.await("two lines", PATIENCE, () -> lines.about(about).size() >= 2);
      assertThat(lines.about(about))
          .startsWith(
              "fetch: "
                  + rotten.url()
                  + " is suspect: it lacks blocks, or has corrupt ones; others are asked first, and"
                  + " it is probed",
              "fetch: "
                  + rotten.url()
                  + " is healthy: it answers; its share of fetches grows again");
    }
  }

  private BlockIndex index() {
    return Objects.requireNonNull(packed);
  }

  private Upstreams upstreams(FaultyBox... boxes) {
    return upstreams(Stream.of(boxes).map(FaultyBox::url));
  }

  private static Upstreams upstreams(Stream<String> urls) {
    return new Upstreams(
        urls.map(UpstreamUrl::parse).toList(),
        null,
        NameServers.ofSystem(),
        new StorePath.Current(new ImageName("disk")),
        PATIENCE);
  }

  private void fetchAll(Upstreams upstreams) throws IOException {
    for (int number : blocks) {
      fetch(upstreams, number);
    }
  }

  private void fetch(Upstreams upstreams, int number) throws IOException {
    Digester digester = Digesters.newDigester();
    FetchedBlock block = new FetchedBlock(BLOCK);
    block.request(index(), number);
    byte[] stored = new byte[block.storedLength()];
    upstreams.fetchVerified(block, digester).stored().bytes().get(0, stored);
    assertThat(stored)
        .isEqualTo(Arrays.copyOfRange(disk, number * BLOCK, number * BLOCK + stored.length));
  }

  /** What is logged meanwhile. */
  private static final class Lines extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger("kobako.fetch");
    private final List<String> lines = new CopyOnWriteArrayList<>();

    Lines() {
      logger.addHandler(this);
    }

    List<String> about(String words) {
      return lines.stream().filter(line -> line.contains(words)).toList();
    }

    @Override
    public void publish(LogRecord entry) {
      lines.add(new SimpleFormatter().formatMessage(entry));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      logger.removeHandler(this);
    }
  }
}
