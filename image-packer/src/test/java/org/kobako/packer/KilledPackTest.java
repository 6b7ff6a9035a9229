package org.kobako.packer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kobako.packer.Stores.DEBIAN;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
  private static final int BLOCK = BlockSize.DEFAULT_BYTES;

  @TempDir Path directory;

  @Test
  void aPackKilledAtAnyMomentLeavesAWholeStoreThatTheNextPackCompletes() throws Exception {
    Path old = Files.write(directory.resolve("old.img"), TestDisk.mixed(50 * BLOCK, BLOCK, 1));
    Path disk = Files.write(directory.resolve("new.img"), TestDisk.mixed(400 * BLOCK, BLOCK, 2));
    Path clean = directory.resolve("clean");
    long startNs = System.nanoTime();
    run(old, clean);
    run(disk, clean);
    long usualMs = Math.max(200, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs) / 2);
    Map<String, String> expected = Stores.content(clean);
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int killed = 0;

    for (int i = 0; i < KILLS; i++) {
      Path root = directory.resolve("store" + i);
      run(old, root);
      long delayMs = random.nextLong(usualMs);
      if (!runToTheEndOrKill(disk, root, delayMs)) {
        killed++;
      }

      String when = "killed after %d ms, seed %d".formatted(delayMs, seed);
      assertThat(Stores.verify(root).problems()).as(when).isEmpty();
      assertThat(StoreDirectory.open(root).currentVersion(DEBIAN).orElseThrow())
          .as(when)
          .isBetween(1L, 2L);
      PackReport next = ImagePacker.pack(request(disk, root), Progress.NONE);
      assertThat(Stores.unpackCurrent(root, DEBIAN)).as(when).hasSameBinaryContentAs(disk);
      assertThat(Stores.staged(root)).as(when).isZero();
      Map<String, String> content = Stores.content(root);
      assertThat(content)
          .as(when)
          .containsAllEntriesOf(next.version() > 2 ? blocksOf(expected) : expected);
    }
    assertThat(killed).isPositive();
  }

  private static PackRequest request(Path source, Path root) {
    return PackRequest.of(source, root, DEBIAN).withCodec(Codec.ZSTD, 12);
  }

  private void run(Path source, Path root) throws IOException {
    ImagePacker.pack(request(source, root), Progress.NONE);
  }

  /** Killed between index and current, the version is lost and the next pack makes another. */
  private static Map<String, String> blocksOf(Map<String, String> content) {
    Map<String, String> blocks = new java.util.TreeMap<>(content);
    blocks.keySet().removeIf(name -> name.endsWith("/current"));
    return blocks;
  }

  private boolean runToTheEndOrKill(Path source, Path root, long delayMs) throws Exception {
    Path output = directory.resolve("output");
    Process pack = Peer.start(output, PackProcess.command(source, root, Codec.ZSTD, 12));
    try {
      // The process must have come as far as the store for the moment to mean anything.
      Peer.await(
          "the pack begins",
          java.time.Duration.ofSeconds(30),
          () -> Files.exists(root.resolve(".staging/debian")) || !pack.isAlive());
      if (pack.waitFor(delayMs, TimeUnit.MILLISECONDS)) {
        assertThat(pack.exitValue()).as(Files.readString(output)).isZero();
        return true;
      }
      return false;
    } finally {
      pack.destroyForcibly().waitFor();
    }
  }
}
