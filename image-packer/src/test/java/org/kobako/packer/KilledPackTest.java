package org.kobako.packer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kobako.packer.Stores.DEBIAN;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.Codec;
import org.kobako.testing.Peer;
import org.kobako.testing.TestDisk;

class KilledPackTest {
  private static final int KILLS = 15;
  private static final int LEVEL = 9;
  private static final int BLOCK = BlockSize.DEFAULT_BYTES;

  @TempDir Path directory;

  @Test
  void aPackKilledAtAnyMomentLeavesAWholeStoreThatTheNextPackCompletes() throws Exception {
    Path old = Files.write(directory.resolve("old.img"), TestDisk.mixed(30 * BLOCK, BLOCK, 1));
    Path disk = Files.write(directory.resolve("new.img"), TestDisk.mixed(150 * BLOCK, BLOCK, 2));
    Path before = directory.resolve("before");
    Stores.pack(request(old, before));
    Path clean = copy(before, "clean");
    long usualMs = usualMs(disk, clean);
    Map<String, String> expected = Stores.content(clean);
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int killed = 0;

    for (int i = 0; i < KILLS; i++) {
      Path root = copy(before, "store" + i);
      long delayMs = random.nextLong(usualMs);
      boolean ended = runToTheEndOrKill(disk, root, delayMs);
      killed += ended ? 0 : 1;

      String when = "killed after %d ms, seed %d".formatted(delayMs, seed);
      StoreDirectory store = StoreDirectory.open(root);
      assertThat(Stores.verify(root).problems()).as(when).isEmpty();
      assertThat(store.currentVersion(DEBIAN).orElseThrow()).as(when).isBetween(1L, 2L);
      PackReport next = Stores.pack(request(disk, root));
      assertThat(Stores.unpackCurrent(root, DEBIAN)).as(when).hasSameBinaryContentAs(disk);
      assertThat(Stores.staged(root)).as(when).isZero();
      if (next.version() == 2) {
        assertThat(Stores.content(root)).as(when).isEqualTo(expected);
      } else {
        // Killed between index and current: that version was never the current one.
        assertThat(store.versions(DEBIAN)).as(when).containsExactly(1L, 2L, 3L);
        assertThat(Stores.content(root.resolve("blocks")))
            .as(when)
            .isEqualTo(Stores.content(clean.resolve("blocks")));
      }
    }
    assertThat(killed).isPositive();
  }

  private static PackRequest request(Path source, Path root) {
    return PackRequest.of(source, root, DEBIAN).withCodec(Codec.ZSTD, LEVEL);
  }

  private Path copy(Path store, String name) {
    Path copy = directory.resolve(name);
    Peer.run("cp", "-a", store.toString(), copy.toString()).succeeded();
    return copy;
  }

  /** How long a process is at it after it has begun. */
  private long usualMs(Path source, Path root) throws Exception {
    Process pack = begin(source, root);
    long startNs = System.nanoTime();
    assertThat(pack.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(pack.exitValue()).isZero();
    return Math.max(50, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs));
  }

  private boolean runToTheEndOrKill(Path source, Path root, long delayMs) throws Exception {
    Process pack = begin(source, root);
    try {
      return pack.waitFor(delayMs, TimeUnit.MILLISECONDS);
    } finally {
      pack.destroyForcibly().waitFor();
    }
  }

  /** Starts a pack and waits until it is at work in the store. */
  private Process begin(Path source, Path root) throws IOException {
    Path output = directory.resolve("output");
    Process pack = Peer.start(output, PackProcess.command(source, root, Codec.ZSTD, LEVEL));
    Peer.await(
        "the pack begins",
        Duration.ofSeconds(30),
        () -> Files.exists(root.resolve(".staging/debian")) || !pack.isAlive());
    return pack;
  }
}
