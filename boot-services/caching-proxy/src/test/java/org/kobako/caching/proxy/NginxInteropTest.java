package org.kobako.caching.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.block.format.StorePath;
import org.kobako.testing.NginxBox;
import org.kobako.testing.Peer;
import org.kobako.testing.TestStore;

/** nginx as the upstream, curl as the machine, and small disks that are full. */
@Tag("interop")
@Timeout(600)
class NginxInteropTest {
  private static final int FILE_BYTES = 3_000_000;

  @TempDir private Path scratch;
  private TestStore store;
  private final List<StorePath.Block> blocks = new ArrayList<>();

  @BeforeEach
  void makeStore() throws IOException {
    store = new TestStore(scratch.resolve("store"));
    for (int i = 0; i < 40; i++) {
      byte[] stored = new byte[120_000];
      new Random(i).nextBytes(stored);
      blocks.add(new StorePath.Block(store.put(stored).toHex()));
    }
    Path kernel = store.root().resolve("boot/amd64/vmlinuz");
    Files.createDirectories(kernel.getParent());
    writeKernel(1);
  }

  /** Long ago, so that nothing is fresh by its age, and another second for each. */
  private byte[] writeKernel(int seed) throws IOException {
    byte[] bytes = new byte[FILE_BYTES];
    new Random(seed).nextBytes(bytes);
    Path kernel = store.root().resolve("boot/amd64/vmlinuz");
    Files.write(kernel, bytes);
    Files.setLastModifiedTime(
        kernel, FileTime.from(Instant.now().minusSeconds(5).plusSeconds(seed)));
    return bytes;
  }

  private NginxBox nginx() throws IOException {
    return new NginxBox(store.root(), scratch.resolve("nginx"));
  }

  /** Answers the body; fails if the answer is not 200 and whole. */
  private byte[] curl(ProxyBox box, String path, String... options) throws IOException {
    Path out = Files.createTempFile(scratch, "curl", ".out");
    List<String> command = new ArrayList<>(List.of("curl", "-sSf", "-o", out.toString()));
    command.addAll(List.of(options));
    command.add(box.url() + path);
    Peer.run(command).succeeded();
    return Files.readAllBytes(out);
  }

  private byte[] stored(StorePath path) throws IOException {
    return Files.readAllBytes(path.in(store.root()));
  }

  @Test
  void curlGetsBlocksOfNginxThroughTheCacheAndFromIt() throws Exception {
    try (NginxBox nginx = nginx();
        ProxyBox box = ProxyBox.start(scratch.resolve("cache"), nginx.url())) {
      for (int round = 0; round < 2; round++) {
        for (StorePath.Block block : blocks) {
          assertThat(curl(box, block.relative())).isEqualTo(stored(block));
        }
        int all = blocks.size();
        Peer.await("all are here", Duration.ofSeconds(20), () -> box.status().blocks() == all);
      }
      assertThat(box.status().fetches().asked()).isEqualTo(blocks.size());
      assertThat(box.status().fetches().bytes()).isEqualTo(120_000L * blocks.size());
    }
  }

  @Test
  void aBootFileIsAskedForByItsDateAndSeenWhenItChanges() throws Exception {
    try (NginxBox nginx = nginx();
        ProxyBox box = ProxyBox.start(scratch.resolve("cache"), nginx.url())) {
      byte[] first = curl(box, "boot/amd64/vmlinuz");
      assertThat(first).isEqualTo(Files.readAllBytes(store.root().resolve("boot/amd64/vmlinuz")));
      // nginx gives it a year; a question past the cache is for the upstream's own validators.
      long asked = box.status().fetches().asked();
      assertThat(curl(box, "boot/amd64/vmlinuz")).isEqualTo(first);
      assertThat(box.status().fetches().asked()).isEqualTo(asked);
    }
  }

  @Test
  void headAsksForNoBodyAndGetsTheLength() throws Exception {
    try (NginxBox nginx = nginx();
        ProxyBox box = ProxyBox.start(scratch.resolve("cache"), nginx.url())) {
      String head = Peer.run("curl", "-sSfI", box.url() + "boot/amd64/vmlinuz").succeeded();
      assertThat(head).contains("200").containsIgnoringCase("content-length: " + FILE_BYTES);
    }
  }

  @Test
  void whatABoxHasNoNameForIsNeverAskedOfAnUpstream() throws Exception {
    try (NginxBox nginx = nginx();
        ProxyBox box = ProxyBox.start(scratch.resolve("cache"), nginx.url())) {
      for (String path :
          List.of("etc/passwd", "images/../blocks/x", "blocks/zz", "boot/../x", "")) {
        Peer.Outcome outcome =
            Peer.run("curl", "-sSf", "--path-as-is", "-o", "/dev/null", box.url() + path);
        assertThat(outcome.exitCode()).as(path).isNotZero();
      }
      // As through a proxy, to a host that is none of its own.
      Peer.Outcome open =
          Peer.run("curl", "-sSf", "-o", "/dev/null", "-x", box.url(), "http://192.0.2.1/anything");
      assertThat(open.exitCode()).isNotZero();
      assertThat(box.status().fetches().asked()).isZero();
    }
  }

  @Test
  void onADiskThatIsFullEverythingIsPassedOnAndNothingFails() throws Exception {
    Path disk = Files.createDirectories(scratch.resolve("disk"));
    String file = scratch.resolve("disk.img").toString();
    Peer.run("mke2fs", "-q", "-t", "ext4", "-m", "0", "-O", "^has_journal", file, "3M").succeeded();
    Peer.run("mount", "-o", "loop", file, disk.toString()).succeeded();
    try (NginxBox nginx = nginx();
        ProxyBox box = ProxyBox.start(disk.resolve("cache"), nginx.url())) {
      byte[] kernel = Files.readAllBytes(store.root().resolve("boot/amd64/vmlinuz"));
      for (int round = 0; round < 2; round++) {
        for (StorePath.Block block : blocks) {
          assertThat(curl(box, block.relative())).isEqualTo(stored(block));
        }
        // Longer than the disk: what is on it when it fills up is sent all the same.
        assertThat(curl(box, "boot/amd64/vmlinuz")).isEqualTo(kernel);
      }
      assertThat(box.status().usedBytes()).isPositive().isLessThan(3 << 20);
      assertThat(disk.toFile().getUsableSpace()).isPositive();
    } finally {
      Peer.run("umount", "-l", disk.toString()).succeeded();
    }
  }

  @Test
  void whereNothingCanBeWrittenWhatIsThereIsServedAndTheRestPassedOn() throws Exception {
    Path cache = scratch.resolve("cache");
    try (NginxBox nginx = nginx();
        ProxyBox box = ProxyBox.start(cache, nginx.url())) {
      curl(box, blocks.get(0).relative());
      Peer.await("it is here", Duration.ofSeconds(20), () -> box.status().blocks() == 1);
      Files.delete(cache.resolve("incoming"));
      assertThat(curl(box, blocks.get(0).relative())).isEqualTo(stored(blocks.get(0)));
      assertThat(curl(box, blocks.get(1).relative())).isEqualTo(stored(blocks.get(1)));
      assertThat(curl(box, "boot/amd64/vmlinuz"))
          .isEqualTo(Files.readAllBytes(store.root().resolve("boot/amd64/vmlinuz")));
      assertThat(box.status().blocks()).isEqualTo(1);
    }
  }

  @Test
  void aMachineThatReadsOneByteASecondHoldsUpNobody() throws Exception {
    try (NginxBox nginx = nginx();
        ProxyBox box = ProxyBox.start(scratch.resolve("cache"), nginx.url())) {
      List<Process> slow = new ArrayList<>();
      try {
        for (int i = 0; i < 24; i++) {
          slow.add(
              Peer.start(
                  scratch.resolve("slow" + i),
                  List.of(
                      "curl",
                      "-s",
                      "--limit-rate",
                      "1",
                      "-o",
                      "/dev/null",
                      box.url() + blocks.get(i).relative())));
        }
        for (StorePath.Block block : blocks) {
          assertThat(curl(box, block.relative(), "--max-time", "10")).isEqualTo(stored(block));
        }
      } finally {
        slow.forEach(Peer::stop);
      }
    }
  }

  @Test
  void theCacheIsAStoreThatNginxCanServe() throws Exception {
    Path cache = scratch.resolve("cache");
    try (NginxBox nginx = nginx();
        ProxyBox box = ProxyBox.start(cache, nginx.url())) {
      for (StorePath.Block block : blocks) {
        curl(box, block.relative());
      }
      int all = blocks.size();
      Peer.await("all are here", Duration.ofSeconds(20), () -> box.status().blocks() == all);
    }
    try (NginxBox second = new NginxBox(cache, scratch.resolve("nginx2"))) {
      byte[] served =
          URI.create(second.url() + "/" + blocks.get(3).relative())
              .toURL()
              .openStream()
              .readAllBytes();
      assertThat(served).isEqualTo(stored(blocks.get(3)));
    }
    try (Stream<Path> incoming = Files.list(cache.resolve("incoming"))) {
      assertThat(incoming).isEmpty();
    }
  }
}
