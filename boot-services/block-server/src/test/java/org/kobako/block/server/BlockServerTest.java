package org.kobako.block.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.StorePath;
import org.kobako.testing.Peer;
import org.kobako.testing.TestDisk;
import org.kobako.testing.TestStore;

class BlockServerTest {
  private static final int BLOCK_BYTES = 128 << 10;

  @TempDir Path directory;

  private TestStore store;
  private TestBox box;
  private byte[] stored;
  private String blockPath;

  @BeforeEach
  void serveAStore() throws Exception {
    store = new TestStore(directory.resolve("store"));
    store.add("debian", 3, TestDisk.mixed(600_000, 64 << 10, 1));
    stored = new byte[BLOCK_BYTES];
    new Random(2).nextBytes(stored);
    BlockDigest digest = store.put(stored);
    blockPath = "/" + new StorePath.Block(digest.toHex()).relative();
    box = new TestBox(store.root());
  }

  @AfterEach
  void stop() throws Exception {
    box.close();
  }

  private HttpPeer.Response get(String target, String... fields) throws IOException {
    return HttpPeer.request(box.address(), "GET", target, fields);
  }

  @Test
  void aBlockIsServedAsItLiesAndForever() throws Exception {
    HttpPeer.Response response = get(blockPath);
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.body()).isEqualTo(stored);
    assertThat(response.fields())
        .containsEntry("content-type", "application/octet-stream")
        .containsEntry("content-length", "131072")
        .containsEntry("cache-control", "public, max-age=31536000, immutable")
        .containsEntry("accept-ranges", "bytes")
        .containsEntry("etag", '"' + blockPath.substring(blockPath.lastIndexOf('/') + 1) + '"')
        .containsKeys("last-modified", "date");
  }

  @Test
  void currentIsTextThatIsAskedForAgain() throws Exception {
    HttpPeer.Response response = get("/images/debian/current");
    assertThat(response.body()).asString(StandardCharsets.US_ASCII).isEqualTo("3\n");
    assertThat(response.fields())
        .containsEntry("content-type", "text/plain")
        .containsEntry("cache-control", "no-cache")
        .containsKey("etag")
        .doesNotContainKey("last-modified");
  }

  @Test
  void currentHasAnotherTagWhenItIsAnotherVersion() throws Exception {
    String before = get("/images/debian/current").field("etag");
    assertThat(get("/images/debian/current", "If-None-Match: " + before).status()).isEqualTo(304);
    Files.writeString(store.root().resolve("images/debian/current"), "4\n");
    HttpPeer.Response after = get("/images/debian/current", "If-None-Match: " + before);
    assertThat(after.status()).isEqualTo(200);
    assertThat(after.body()).asString(StandardCharsets.US_ASCII).isEqualTo("4\n");
  }

  @Test
  void anIndexOfOtherContentHasAnotherTagThoughLengthAndTimeAreTheSame() throws Exception {
    Path index = store.root().resolve("images/debian/3.index");
    String before = get("/images/debian/3.index").field("etag");
    var time = Files.getLastModifiedTime(index);
    Files.delete(index);
    store.add("debian", 3, TestDisk.mixed(600_000, 64 << 10, 99));
    Files.setLastModifiedTime(index, time);
    HttpPeer.Response after = get("/images/debian/3.index");
    assertThat(after.field("etag")).isNotEmpty().isNotEqualTo(before);
    assertThat(after.body()).isEqualTo(Files.readAllBytes(index));
    assertThat(after.field("cache-control")).contains("immutable");
  }

  @Test
  void aProfileIsServedAndAskedForAgain() throws Exception {
    Files.writeString(store.root().resolve("images/debian/3.profile"), "a profile");
    HttpPeer.Response response = get("/images/debian/3.profile");
    assertThat(response.body()).asString(StandardCharsets.US_ASCII).isEqualTo("a profile");
    assertThat(response.field("cache-control")).isEqualTo("no-cache");
  }

  @Test
  void headHasTheFieldsOfGetAndNoBody() throws Exception {
    try (HttpPeer peer = new HttpPeer(box.address())) {
      HttpPeer.Response head = peer.request("HEAD", blockPath);
      HttpPeer.Response get = peer.request("GET", blockPath);
      assertThat(head.status()).isEqualTo(200);
      get.fields().remove("date");
      assertThat(head.fields()).containsAllEntriesOf(get.fields());
      assertThat(get.body()).isEqualTo(stored);
    }
  }

  @Test
  void aRangeIsThatPartAlone() throws Exception {
    HttpPeer.Response response = get(blockPath, "Range: bytes=1000-100999");
    assertThat(response.status()).isEqualTo(206);
    assertThat(response.field("content-range")).isEqualTo("bytes 1000-100999/131072");
    assertThat(response.body()).isEqualTo(Arrays.copyOfRange(stored, 1000, 101_000));
  }

  @Test
  void aRangeBeyondTheEndIsRefusedWithTheLength() throws Exception {
    HttpPeer.Response response = get(blockPath, "Range: bytes=131072-");
    assertThat(response.status()).isEqualTo(416);
    assertThat(response.field("content-range")).isEqualTo("bytes */131072");
  }

  @Test
  void whatIsNotModifiedHasNoBodyAndTheLengthItHad() throws Exception {
    try (HttpPeer peer = new HttpPeer(box.address())) {
      HttpPeer.Response response = peer.request("GET", blockPath, "If-None-Match: *");
      assertThat(response.status()).isEqualTo(304);
      assertThat(response.field("content-length")).isEqualTo("131072");
      assertThat(peer.request("GET", blockPath).body()).isEqualTo(stored);
    }
  }

  @Test
  void manyRequestsShareAConnection() throws Exception {
    try (HttpPeer peer = new HttpPeer(box.address())) {
      for (int i = 0; i < 50; i++) {
        assertThat(peer.request("GET", blockPath).body()).isEqualTo(stored);
        assertThat(peer.request("GET", "/images/none/current").status()).isEqualTo(404);
        assertThat(peer.request("POST", blockPath, "Content-Length: 0").status()).isEqualTo(405);
      }
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    try (HttpPeer peer = new HttpPeer(box.address())) {
      String get = "GET " + blockPath + " HTTP/1.1\r\nHost: box\r\n\r\n";
      String current = "GET /images/debian/current HTTP/1.1\r\nHost: box\r\n\r\n";
      peer.say(get + current + get);
      assertThat(peer.readResponse(false).body()).isEqualTo(stored);
      assertThat(peer.readResponse(false).body()).hasSize(2);
      assertThat(peer.readResponse(false).body()).isEqualTo(stored);
    }
  }

  @Test
  void http10ClosesUnlessItAsksForKeepAlive() throws Exception {
    try (HttpPeer peer = new HttpPeer(box.address())) {
      peer.say("GET " + blockPath + " HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      assertThat(peer.readResponse(false).body()).isEqualTo(stored);
      peer.say("GET " + blockPath + " HTTP/1.0\r\n\r\n");
      assertThat(peer.readResponse(false).body()).isEqualTo(stored);
      assertThat(peer.isAtEnd()).isTrue();
    }
  }

  @Test
  void otherMethodsAreRefusedWithThoseThatAreThere() throws Exception {
    for (String method : new String[] {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"}) {
      HttpPeer.Response response =
          HttpPeer.request(box.address(), method, blockPath, "Content-Length: 0");
      assertThat(response.status()).as(method).isEqualTo(405);
      assertThat(response.field("allow")).isEqualTo("GET, HEAD");
    }
  }

  @Test
  void aMissingBlockIsNotRememberedByCaches() throws Exception {
    String missing = "/blocks/00/" + "0".repeat(64);
    HttpPeer.Response response = get(missing);
    assertThat(response.status()).isEqualTo(404);
    assertThat(response.field("cache-control")).isEqualTo("no-store");
  }

  @Test
  void directoriesAreNeverListed() throws Exception {
    Files.createDirectories(store.root().resolve("images/debian/9.index"));
    for (String path :
        new String[] {"/", "/images", "/images/", "/images/debian/", "/images/debian/9.index"}) {
      assertThat(get(path).status()).as(path).isEqualTo(404);
    }
  }

  /** The files are there: only the links must keep them from being served. */
  @Test
  void noSymbolicLinkIsFollowedOutOfTheStore() throws Exception {
    Path outside = Files.createDirectories(directory.resolve("outside"));
    Files.writeString(outside.resolve("current"), "secret");
    Files.writeString(outside.resolve("1.index"), "secret");
    Files.writeString(outside.resolve("ab".repeat(32)), "secret");
    Path images = store.root().resolve("images");
    Files.createSymbolicLink(images.resolve("debian/8.index"), outside.resolve("1.index"));
    Files.createSymbolicLink(images.resolve("out"), outside);
    Files.createSymbolicLink(store.root().resolve("blocks/ab"), outside);
    for (String path :
        new String[] {
          "/images/debian/8.index",
          "/images/out/current",
          "/images/out/1.index",
          "/blocks/ab/" + "ab".repeat(32)
        }) {
      assertThat(get(path).status()).as(path).isEqualTo(404);
    }
  }

  @Test
  void aRootThatIsASymbolicLinkIsAStore() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("link"), store.root());
    try (TestBox linked = new TestBox(link)) {
      assertThat(HttpPeer.request(linked.address(), "GET", blockPath).body()).isEqualTo(stored);
    }
  }

  @Test
  void aFifoIsNotWaitedFor() throws Exception {
    Path fifo = store.root().resolve("images/debian/8.index");
    Peer.run("mkfifo", fifo.toString()).succeeded();
    assertThat(get("/images/debian/8.index").status()).isEqualTo(404);
  }

  /** As they come over the wire, past Jetty's own eyes: what it lets through, we refuse. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../../../../etc/passwd",
        "/images/../../../../etc/passwd",
        "/images/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/images/..%2f..%2f..%2fetc%2fpasswd",
        "/images/..\\..\\..\\etc\\passwd",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/images/debian/current%00",
        "/images/debian/..;/debian/current",
        "/images//debian/current",
        "/images/%",
        "/images/%zz/current",
        "images/debian/current",
        "http://box/../etc/passwd"
      })
  void noRequestLeadsOutOfTheStore(String target) throws Exception {
    HttpPeer.Response response = get(target);
    assertThat(response.status()).isIn(400, 404);
    assertThat(new String(response.body(), StandardCharsets.ISO_8859_1)).doesNotContain("root:");
  }

  @Test
  void anAbsoluteTargetIsTheSameFile() throws Exception {
    assertThat(get("http://box" + blockPath).body()).isEqualTo(stored);
    assertThat(get(blockPath + "?any=thing").body()).isEqualTo(stored);
  }

  @Test
  void aVeryLongRequestDoesNotEndTheServer() throws Exception {
    assertThat(get("/images/" + "a".repeat(100_000) + "/current").status()).isIn(404, 414, 431);
    assertThat(get(blockPath).body()).isEqualTo(stored);
  }

  @Test
  void anEmptyFileHasAnEmptyBody() throws Exception {
    Files.write(store.root().resolve("images/debian/4.profile"), new byte[0]);
    HttpPeer.Response response = get("/images/debian/4.profile");
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.field("content-length")).isEqualTo("0");
  }

  @Test
  void aStoreThatIsNotThereIsRefusedByName() {
    Path missing = directory.resolve("missing");
    assertThatThrownBy(() -> BlockServerConfig.of(missing))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(missing.toString());
  }
}
