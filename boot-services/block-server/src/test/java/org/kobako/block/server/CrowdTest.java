package org.kobako.block.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.block.format.StorePath;
import org.kobako.testing.Peer;
import org.kobako.testing.TestStore;

/** Who is served when more ask than a server can serve; machines are addresses of 127.0.0.0/8. */
@Tag("interop")
class CrowdTest {
  /** More than the kernel buffers of a connection, on both sides, ever hold. */
  private static final int LONG_FILE_BYTES = 64 << 20;

  private static final int PLACES = Crowd.MAX_SERVED_OF_A_MACHINE;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration TICK = Duration.ofSeconds(1);

  /** For what takes thirty ticks. */
  private static final Duration SHORT_TICK = Duration.ofMillis(50);

  @TempDir Path directory;

  private final List<HttpPeer> room = new ArrayList<>();
  private TestStore store;
  private byte[] stored;
  private String block;
  private Path longFile;
  private String longBlock;
  private TestBox box;

  @BeforeEach
  void serveAStore() throws Exception {
    store = new TestStore(Files.createDirectories(directory.resolve("store")));
    stored = new byte[100_000];
    new Random(2).nextBytes(stored);
    block = "/" + new StorePath.Block(store.put(stored).toHex()).relative();
    StorePath longer = new StorePath.Block(store.put(new byte[LONG_FILE_BYTES]).toHex());
    longFile = longer.in(store.root());
    longBlock = "/" + longer.relative();
    box = serve(400, TICK);
  }

  private TestBox serve(int maxConnections, Duration tick) throws Exception {
    return new TestBox(BlockServerConfig.of(store.root()), new Crowd(maxConnections, tick));
  }

  private void serveAgain(int maxConnections, Duration tick) throws Exception {
    box.close();
    box = serve(maxConnections, tick);
  }

  @AfterEach
  void stop() throws Exception {
    for (HttpPeer peer : room) {
      peer.close();
    }
    box.close();
  }

  private HttpPeer machine(int number) throws IOException {
    HttpPeer peer = new HttpPeer(box.address(), InetAddress.ofLiteral("127.0.1." + number));
    room.add(peer);
    return peer;
  }

  /** Asks for more than fits into its socket, and reads nothing. */
  private HttpPeer reader(int number) throws IOException {
    HttpPeer peer = machine(number);
    peer.say("GET " + longBlock + " HTTP/1.1\r\nHost: box\r\n\r\n");
    return peer;
  }

  /** Fetches a block, and keeps its connection. */
  private HttpPeer idle(int number) throws IOException {
    HttpPeer peer = machine(number);
    fetch(peer);
    return peer;
  }

  private void fetch(HttpPeer peer) throws IOException {
    assertThat(peer.request("GET", block).body()).isEqualTo(stored);
  }

  private void awaitReaders(int readers) {
    Peer.await(readers + " are read from", PATIENCE, () -> timesOpen() == readers);
  }

  /** By the server, which runs in this process. */
  private long timesOpen() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.filter(this::isLongFile).count();
    }
  }

  private boolean isLongFile(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).equals(longFile);
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }

  @Test
  void aMachineWithHundredsOfConnectionsIsServedOverAFewAndKeepsNobodyWaiting() throws Exception {
    for (int i = 0; i < 300; i++) {
      reader(1);
    }
    awaitReaders(PLACES);
    for (int number = 2; number < 22; number++) {
      fetch(machine(number));
    }
    assertThat(timesOpen()).isEqualTo(PLACES);
  }

  @Test
  void whoWaitsTakesThePlaceOfWhoIsClosed() throws Exception {
    for (int i = 0; i < PLACES; i++) {
      reader(1);
    }
    awaitReaders(PLACES);
    HttpPeer waits = machine(1);
    room.getFirst().close();
    fetch(waits);
  }

  @Test
  void whoHasWaitedForLongIsToldWhenToComeAgain() throws Exception {
    serveAgain(400, SHORT_TICK);
    for (int i = 0; i < PLACES; i++) {
      reader(1);
    }
    awaitReaders(PLACES);
    HttpPeer waits = machine(1);
    HttpPeer.Response told = waits.request("GET", block);
    assertThat(told.status()).isEqualTo(503);
    assertThat(told.field("retry-after")).isEqualTo("1");
    assertThat(new String(told.body(), "US-ASCII")).contains("ask another, or again");
    assertThat(waits.isAtEnd()).isTrue();
  }

  @Test
  void theLongestIdleConnectionOfAMachineMakesRoomForItsNext() throws Exception {
    HttpPeer longestIdle = idle(1);
    Thread.sleep(50);
    for (int i = 1; i < PLACES; i++) {
      idle(1);
    }
    Thread.sleep(200); // an idle connection may have a request on its way
    fetch(machine(1));
    assertThat(longestIdle.isAtEnd()).isTrue();
    fetch(room.get(1));
  }

  @Test
  void inAFullServerTheLongestIdleConnectionMakesRoom() throws Exception {
    serveAgain(3, TICK);
    HttpPeer longestIdle = idle(1);
    Thread.sleep(200);
    reader(2);
    reader(3);
    awaitReaders(2);
    fetch(machine(4));
    assertThat(longestIdle.isAtEnd()).isTrue();
  }

  @Test
  void whereNobodyIsIdleCurlIsToldToComeAgainAndDoesSo() throws Exception {
    serveAgain(3, TICK);
    for (int number = 1; number <= 3; number++) {
      reader(number);
    }
    awaitReaders(3);
    try (HttpPeer boxItself = new HttpPeer(box.address())) {
      fetch(boxItself);
    }
    String url = box.url() + block.substring(1);
    String once = Peer.run(curl(url)).output();
    assertThat(once).contains("503");
    List<String> again = new ArrayList<>(curl(url));
    again.addAll(1, List.of("--retry", "10"));
    Path out = directory.resolve("out");
    Process patient = Peer.start(out, again);
    Thread.sleep(500);
    room.getFirst().close();
    assertThat(patient.waitFor()).isZero();
    assertThat(Files.readString(out)).endsWith("200 100000");
  }

  private List<String> curl(String url) {
    // Not to /dev/null, which it could not make empty before it tries again.
    return List.of(
        "curl",
        "-sS",
        "--interface",
        "127.0.1.9",
        "-o",
        directory.resolve("block").toString(),
        "-w",
        "%{http_code} %{size_download}",
        url);
  }

  @Test
  void hundredsOfReadersThatReadNothingAreClosedAndMakeRoom() throws Exception {
    serveAgain(200, SHORT_TICK);
    for (int i = 0; i < 200; i++) {
      reader(1 + i / PLACES);
    }
    for (HttpPeer reader : room) {
      reader.awaitResponse(); // each was served
    }
    awaitReaders(0);
    fetch(machine(99));
  }

  @Test
  void curlThatReadsAKilobyteASecondIsCutOff() throws Exception {
    serveAgain(200, SHORT_TICK);
    List<String> slow = new ArrayList<>(curl(box.url() + longBlock.substring(1)));
    slow.addAll(1, List.of("--limit-rate", "1k"));
    Process curl = Peer.start(directory.resolve("out"), slow);
    awaitReaders(1);
    awaitReaders(0);
    assertThat(curl.isAlive()).isTrue(); // with what the kernel still has for it
    Peer.stop(curl);
  }

  @Test
  void aHeadWithoutAnEndIsWaitedForNoLongerThanAWholeOneTakes() throws Exception {
    serveAgain(200, SHORT_TICK);
    HttpPeer loris = machine(1);
    loris.say("GET " + block + " HTTP/1.1\r\nHost: box\r\n");
    assertThat(loris.isAtEnd()).isTrue();
  }
}
