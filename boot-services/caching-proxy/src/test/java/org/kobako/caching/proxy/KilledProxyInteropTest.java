package org.kobako.caching.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.block.format.StorePath;
import org.kobako.testing.FaultyBox;
import org.kobako.testing.Peer;
import org.kobako.testing.TestStore;

/**
 * A box that is killed while machines ask, again and again over one cache. {@code
 * -Dkobako.kills=200} kills it oftener than a usual test run has time for.
 */
@Tag("interop")
@Timeout(600)
class KilledProxyInteropTest {
  private static final int KILLS = Integer.getInteger("kobako.kills", 12);
  private static final int BLOCKS = 150;
  private static final int MACHINES = 16;

  @TempDir private Path scratch;

  @Test
  void noKillLeavesAFileThatServesWrongBytes() throws Exception {
    Random random = new Random();
    TestStore store = new TestStore(scratch.resolve("store"));
    List<StorePath.Block> blocks = new ArrayList<>();
    for (int i = 0; i < BLOCKS; i++) {
      byte[] stored = new byte[20_000 + random.nextInt(100_000)];
      random.nextBytes(stored);
      blocks.add(new StorePath.Block(store.put(stored).toHex()));
    }
    Path boot = Files.createDirectories(store.root().resolve("boot")).resolve("initrd");
    byte[] initrd = new byte[2_000_000];
    random.nextBytes(initrd);
    Files.write(boot, initrd);
    Path cache = scratch.resolve("cache");
    int whole = 0;
    try (FaultyBox upstream = new FaultyBox(store.root());
        HttpClient machines = HttpClient.newHttpClient()) {
      for (int kill = 0; kill < KILLS; kill++) {
        int port = Peer.freePort();
        Process box = start(cache, port, upstream.url());
        try {
          String url = "http://127.0.0.1:" + port + "/";
          get(machines, url + blocks.get(kill % BLOCKS).relative()).join();
          List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
          answers.add(get(machines, url + "boot/initrd"));
          for (int i = 0; i < MACHINES; i++) {
            answers.add(get(machines, url + blocks.get(random.nextInt(BLOCKS)).relative()));
          }
          Thread.sleep(random.nextInt(300));
          box.destroyForcibly().waitFor();
          for (CompletableFuture<HttpResponse<byte[]>> answer : answers) {
            whole += isRightIfWhole(store, answer) ? 1 : 0;
          }
        } finally {
          box.destroyForcibly().waitFor();
        }
      }
      assertThat(whole).isPositive();
      // What all of that has left: every file is served, and is right.
      try (ProxyBox box = ProxyBox.start(cache, upstream.url())) {
        for (StorePath.Block block : blocks) {
          assertThat(isRightIfWhole(store, get(machines, box.url() + block.relative()))).isTrue();
        }
        assertThat(isRightIfWhole(store, get(machines, box.url() + "boot/initrd"))).isTrue();
        assertThat(box.status().fetches().asked()).isLessThan(BLOCKS);
      }
    }
  }

  private Process start(Path cache, int port, String upstream) throws IOException {
    Path out = scratch.resolve("box.out");
    Process box =
        Peer.start(
            out,
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                ProxyBox.class.getName(),
                cache.toString(),
                Integer.toString(port),
                upstream));
    Peer.await(
        "the box is ready", Duration.ofSeconds(60), () -> Files.readString(out).contains("ready"));
    return box;
  }

  private static CompletableFuture<HttpResponse<byte[]>> get(HttpClient machine, String url) {
    return machine.sendAsync(
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30)).build(),
        BodyHandlers.ofByteArray());
  }

  /** Whether there was a whole answer; one that is wrong fails the test. */
  private static boolean isRightIfWhole(
      TestStore store, CompletableFuture<HttpResponse<byte[]>> answer) throws IOException {
    HttpResponse<byte[]> came;
    try {
      came = answer.join();
    } catch (RuntimeException cutOff) {
      return false;
    }
    if (came.statusCode() != 200) {
      return false;
    }
    String path = came.uri().getPath().substring(1);
    assertThat(came.body()).as(path).isEqualTo(Files.readAllBytes(store.root().resolve(path)));
    return true;
  }
}
