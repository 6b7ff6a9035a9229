package org.kobako.block.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kobako.block.format.StorePath;
import org.kobako.testing.TestDisk;
import org.kobako.testing.TestStore;

class StoreConnectionTest {
  /** Changes nothing but who answers. */
  private static final String FOR_JETTY = "X-Nobody-Knows: this";

  /** More than the sockets between us and a reader who reads nothing take. */
  private static final int LONG_BYTES = 16 << 20;

  @TempDir Path directory;

  private byte[] stored;
  private String block;
  private String longBlock;
  private TestBox box;

  @BeforeEach
  void serveAStore() throws Exception {
    TestStore store = new TestStore(directory.resolve("store"));
    store.add("debian", 3, TestDisk.mixed(600_000, 64 << 10, 1));
    Random random = new Random(2);
    stored = new byte[100_000];
    random.nextBytes(stored);
    block = "/" + new StorePath.Block(store.put(stored).toHex()).relative();
    byte[] longer = new byte[LONG_BYTES];
    random.nextBytes(longer);
    longBlock = "/" + new StorePath.Block(store.put(longer).toHex()).relative();
    box = new TestBox(store.root());
  }

  @AfterEach
  void stop() throws Exception {
    box.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Range: bytes=0-0", "Range: bytes=-5", "Range: bytes=9999999-"})
  void jettyAnswersAlike(String field) throws IOException {
    for (String path :
        new String[] {block, longBlock, "/images/debian/current", "/images/debian/3.index"}) {
      String simple = field.isEmpty() ? "Accept: */*" : field;
      HttpPeer.Response ours = HttpPeer.request(box.address(), "GET", path, simple);
      HttpPeer.Response jettys = HttpPeer.request(box.address(), "GET", path, simple, FOR_JETTY);
      assertThat(ours.status()).isEqualTo(jettys.status());
      assertThat(ours.fields()).containsKey("date");
      for (HttpPeer.Response response : List.of(ours, jettys)) {
        response.fields().keySet().removeAll(Set.of("date", "server"));
      }
      assertThat(ours.fields()).isEqualTo(jettys.fields());
      assertThat(ours.body()).isEqualTo(jettys.body());
    }
  }

  @Test
  void aConnectionGoesOnWithJettyAndStaysOpen() throws IOException {
    try (HttpPeer peer = new HttpPeer(box.address())) {
      assertThat(peer.request("GET", block).body()).isEqualTo(stored);
      assertThat(peer.request("GET", block.replace("blocks", "block")).status()).isEqualTo(404);
      assertThat(peer.request("GET", block).body()).isEqualTo(stored);
      assertThat(peer.request("GET", block, FOR_JETTY).body()).isEqualTo(stored);
    }
  }

  @Test
  void aMissingBlockIsJettysToTell() throws IOException {
    try (HttpPeer peer = new HttpPeer(box.address())) {
      String missing = "/" + new StorePath.Block("0".repeat(64)).relative();
      assertThat(peer.request("GET", missing).status()).isEqualTo(404);
      assertThat(peer.request("GET", block).body()).isEqualTo(stored);
    }
  }

  @Test
  void afterAMissingBlockTheConnectionIsNotJettysAnyMore() throws Exception {
    try (HttpPeer peer = new HttpPeer(box.address())) {
      String missing = "/" + new StorePath.Block("0".repeat(64)).relative();
      for (int i = 0; i < 3; i++) {
        assertThat(peer.request("GET", missing).status()).isEqualTo(404);
        awaitConnection("StoreConnection");
        assertThat(peer.request("GET", block).body()).isEqualTo(stored);
      }
      assertThat(peer.request("GET", block, FOR_JETTY).body()).isEqualTo(stored);
      awaitConnection("HttpConnection");
      assertThat(peer.request("GET", missing).status()).isEqualTo(404);
      awaitConnection("HttpConnection");
    }
  }

  @Test
  void halfARequestBehindAMissingBlockIsNotLost() throws Exception {
    try (HttpPeer peer = new HttpPeer(box.address())) {
      String missing = "/" + new StorePath.Block("0".repeat(64)).relative();
      for (int i = 0; i < 200; i++) {
        peer.say("GET " + missing + " HTTP/1.1\r\nHost: box\r\n\r\n");
        // Now and then Jetty reads it in one go with what it has to answer.
        peer.say("GET " + block + " HTTP/1.1\r\nHo");
        assertThat(peer.readResponse(false).status()).isEqualTo(404);
        peer.say("st: box\r\n\r\n");
        assertThat(peer.readResponse(false).body()).isEqualTo(stored);
      }
    }
  }

  private void awaitConnection(String kind) throws InterruptedException {
    for (int i = 0; i < 100 && !box.connections().equals(List.of(kind)); i++) {
      Thread.sleep(20);
    }
    assertThat(box.connections()).containsExactly(kind);
  }

  @Test
  void requestsSentAtOnceAreAnsweredInTheirOrder() throws IOException {
    try (HttpPeer peer = new HttpPeer(box.address())) {
      String request = "GET " + block + " HTTP/1.1\r\nHost: box\r\n\r\n";
      peer.say(request);
      assertThat(peer.readResponse(false).body()).isEqualTo(stored);
      peer.say(request + "GET /images/debian/current HTTP/1.1\r\nHost: box\r\n\r\n" + request);
      assertThat(peer.readResponse(false).body()).isEqualTo(stored);
      assertThat(peer.readResponse(false).body()).isEqualTo("3\n".getBytes("US-ASCII"));
      assertThat(peer.readResponse(false).body()).isEqualTo(stored);
    }
  }

  @Test
  void aRequestThatComesInPiecesIsAnswered() throws Exception {
    try (HttpPeer peer = new HttpPeer(box.address())) {
      peer.say("GET " + block + " HT");
      Thread.sleep(50);
      peer.say("TP/1.1\r\nHost: box\r\n\r");
      Thread.sleep(50);
      peer.say("\n");
      assertThat(peer.readResponse(false).body()).isEqualTo(stored);
    }
  }

  @Test
  void aServerThatStopsEndsWhatItSendsAndBeginsNothing() throws Exception {
    try (HttpPeer peer = new HttpPeer(box.address());
        HttpPeer late = new HttpPeer(box.address())) {
      assertThat(late.request("GET", block).status()).isEqualTo(200);
      peer.say("GET " + longBlock + " HTTP/1.1\r\nHost: box\r\n\r\n");
      peer.awaitResponse();
      CompletableFuture<Void> stopping =
          CompletableFuture.runAsync(() -> {
            try {
              box.close();
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          });
      Thread.sleep(200);
      assertThat(stopping).isNotDone();
      assertThat(late.request("GET", block).status()).isEqualTo(503);
      assertThat(peer.readResponse(false).body()).hasSize(LONG_BYTES);
      stopping.get(30, TimeUnit.SECONDS);
    }
  }
}
