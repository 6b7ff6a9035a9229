package org.kobako.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kobako.appliance.child.ChildKobako;
import org.kobako.block.format.Codec;
import org.kobako.testing.NginxBox;
import org.kobako.testing.Peer;

/** A disk of 1 GB all the way, by each codec: packed, served by a box and by nginx, read back. */
@Tag("interop")
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
class MainJobInteropTest {
  private Path temp = Path.of("unset");
  private Path disk = Path.of("unset");
  private String digests = "";

  @BeforeAll
  void makeTheDisk(@TempDir Path shared) throws IOException, InterruptedException {
    temp = shared;
    disk = temp.resolve("disk.ext4");
    Path tree = temp.resolve("tree");
    WholeDisk.make(disk, tree);
    digests = WholeDisk.digests(tree);
    assertThat(digests.lines().count()).isGreaterThan(500);
  }

  @AfterAll
  void removeTheDisk() throws IOException {
    Files.deleteIfExists(disk);
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void aDiskComesOutAsItWentIn(Codec codec) throws Exception {
    Path work = Files.createDirectory(temp.resolve(codec.word()));
    Path store = work.resolve("store");
    List<Object> pack =
        new ArrayList<>(List.of("pack", disk, store, "--name", "disk", "--codec", codec.word()));
    if (codec != Codec.NONE) {
      // The lowest: what is asked here is whether the bytes are right.
      pack.addAll(List.of("--level", "1"));
    }
    KobakoRun.of(pack.toArray()).succeeded();
    try (ChildKobako box = Children.box(work.resolve("box.log"), store);
        NginxBox nginx = new NginxBox(store, work.resolve("nginx"))) {
      for (String url : List.of(Children.urlOf(box), nginx.url())) {
        Path copy = work.resolve("copy");
        Path socket = work.resolve("socket");
        try (ChildKobako attach = Children.attach(work, "disk", url, "--nbd", "unix:" + socket)) {
          assertThat(attach.readyLine()).startsWith("attached disk version 1");
          Peer.run("nbdcopy", "nbd+unix:///?socket=" + socket, copy.toString()).succeeded();
        }
        assertThat(Files.mismatch(copy, disk)).isEqualTo(-1);
        Files.delete(copy);
        Path mountPoint = work.resolve("attached");
        try (ChildKobako attach =
            Children.attach(work, "disk", url, "--mount", mountPoint.toString())) {
          assertThat(digestsThroughLoop(mountPoint.resolve("disk"), work)).isEqualTo(digests);
          assertThat(attach.pid()).isPositive();
        }
      }
    }
    KobakoRun.of("verify", store).succeeded();
  }

  private static String digestsThroughLoop(Path file, Path work)
      throws IOException, InterruptedException {
    Path mounted = Files.createDirectories(work.resolve("mounted"));
    Peer.run("mount", "-o", "loop,ro", file.toString(), mounted.toString()).succeeded();
    try {
      return WholeDisk.digests(mounted);
    } finally {
      Peer.run("umount", mounted.toString()).succeeded();
    }
  }
}
