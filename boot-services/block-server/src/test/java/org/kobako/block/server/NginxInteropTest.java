package org.kobako.block.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kobako.block.format.StorePath;
import org.kobako.testing.NginxBox;
import org.kobako.testing.TestDisk;
import org.kobako.testing.TestStore;

/** nginx serves the same store: where HTTP says what to answer, both answer the same. */
@Tag("interop")
class NginxInteropTest {
  @TempDir static Path directory;

  private static TestBox box;
  private static NginxBox nginx;
  private static String block;

  @BeforeAll
  static void serveOneStoreTwice() throws Exception {
    TestStore store = new TestStore(directory.resolve("store"));
    store.add("debian", 3, TestDisk.mixed(600_000, 64 << 10, 1));
    byte[] stored = new byte[128 << 10];
    new Random(2).nextBytes(stored);
    block = "/" + new StorePath.Block(store.put(stored).toHex()).relative();
    Files.setLastModifiedTime(
        store.root().resolve(block.substring(1)),
        FileTime.from(Instant.parse("1994-11-06T08:49:37.5Z")));
    box = new TestBox(store.root());
    nginx = new NginxBox(store.root(), directory.resolve("nginx"));
  }

  @AfterAll
  static void stop() throws Exception {
    nginx.close();
    box.close();
  }

  /** {@code TAG} stands for the tag that the server itself gave the block. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "GET;  BLOCK; ",
        "HEAD; BLOCK; ",
        "GET;  /images/debian/current; ",
        "HEAD; /images/debian/current; ",
        "GET;  /images/debian/3.index; ",
        "GET;  /images/debian/4.index; ",
        "GET;  /images/none/current; ",
        "GET;  /blocks/00/0000000000000000000000000000000000000000000000000000000000000000; ",
        "GET;  BLOCK; Range: bytes=0-0",
        "GET;  BLOCK; Range: bytes=1000-100999",
        "GET;  BLOCK; Range: bytes=131071-",
        "GET;  BLOCK; Range: bytes=-1",
        "GET;  BLOCK; Range: bytes=-131072",
        "GET;  BLOCK; Range: bytes=-999999",
        "GET;  BLOCK; Range: bytes=100-999999",
        "GET;  BLOCK; Range: bytes=131072-",
        "GET;  BLOCK; Range: bytes=999999-",
        "GET;  BLOCK; If-None-Match: TAG",
        "GET;  BLOCK; If-None-Match: W/TAG",
        "GET;  BLOCK; If-None-Match: \"x\", TAG",
        "GET;  BLOCK; If-None-Match: *",
        "GET;  BLOCK; If-None-Match: \"x\"",
        "HEAD; BLOCK; If-None-Match: TAG",
        "GET;  BLOCK; If-Match: TAG",
        "GET;  BLOCK; If-Match: W/TAG",
        "GET;  BLOCK; If-Match: \"x\"",
        "GET;  BLOCK; If-Match: *",
        "GET;  BLOCK; If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT",
        "GET;  BLOCK; If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT",
        "GET;  BLOCK; If-Modified-Since: Sun Nov  6 08:49:37 1994",
        "GET;  BLOCK; If-Modified-Since: Sun, 06 Nov 1994 08:49:38 GMT",
        "GET;  BLOCK; If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT",
        "GET;  BLOCK; If-Modified-Since: yesterday",
        "GET;  BLOCK; If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT",
        "GET;  BLOCK; If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT",
        "GET;  BLOCK; If-None-Match: \"x\" | If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT",
        "GET;  BLOCK; If-None-Match: TAG | Range: bytes=0-9",
        "GET;  BLOCK; If-Range: TAG | Range: bytes=0-9",
        "GET;  BLOCK; If-Range: \"x\" | Range: bytes=0-9",
        "GET;  BLOCK; If-Range: Sun, 06 Nov 1994 08:49:37 GMT | Range: bytes=0-9",
        "GET;  BLOCK; If-Range: Sun, 06 Nov 1994 08:49:36 GMT | Range: bytes=0-9",
        "GET;  /images/../../../etc/passwd; ",
        "GET;  /images/debian/%zz; ",
        "POST; BLOCK; Content-Length: 0",
        "DELETE; BLOCK; ",
      })
  void aMachineCannotTellTheDifference(String method, String target, String fields)
      throws Exception {
    HttpPeer.Response ours = ask(new HttpPeer(box.address()), method, target, fields);
    HttpPeer.Response theirs = ask(new HttpPeer(nginx.address()), method, target, fields);
    assertThat(ours.status()).isEqualTo(theirs.status());
    assertThat(ours.field("content-range")).isEqualTo(theirs.field("content-range"));
    if (ours.status() < 400) {
      assertThat(ours.body()).isEqualTo(theirs.body());
      if (ours.status() != 304) {
        assertThat(ours.field("content-length")).isEqualTo(theirs.field("content-length"));
        assertThat(ours.field("content-type")).isEqualTo(theirs.field("content-type"));
      }
      if (target.equals("BLOCK")) {
        assertThat(ours.field("last-modified")).isEqualTo(theirs.field("last-modified"));
      }
    }
  }

  private static HttpPeer.Response ask(HttpPeer server, String method, String target, String fields)
      throws IOException {
    try (server) {
      String tag = server.request("HEAD", block).field("etag");
      assertThat(tag).startsWith("\"").endsWith("\"");
      return server.request(
          method,
          target.replace("BLOCK", block),
          fields == null ? new String[0] : fields.replace("TAG", tag).split(" \\| ", -1));
    }
  }

  /** Not after a 412: there nginx 1.22 says keep-alive and closes. */
  @Test
  void bothKeepTheConnectionAfterEachAnswer() throws Exception {
    try (HttpPeer ours = new HttpPeer(box.address());
        HttpPeer theirs = new HttpPeer(nginx.address())) {
      for (HttpPeer peer : new HttpPeer[] {ours, theirs}) {
        for (int i = 0; i < 20; i++) {
          assertThat(peer.request("GET", block).status()).isEqualTo(200);
          assertThat(peer.request("GET", block, "Range: bytes=5-").status()).isEqualTo(206);
          assertThat(peer.request("GET", block, "Range: bytes=999999-").status()).isEqualTo(416);
          assertThat(peer.request("GET", "/images/none/current").status()).isEqualTo(404);
        }
      }
    }
  }
}
