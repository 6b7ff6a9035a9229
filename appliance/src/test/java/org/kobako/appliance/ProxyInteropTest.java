package org.kobako.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.appliance.child.ChildKobako;
import org.kobako.testing.NginxBox;
import org.kobako.testing.Peer;

/** Boxes with nothing in their stores, and machines that read whole disks from them. */
@Tag("interop")
@Timeout(300)
class ProxyInteropTest {
  private static final int DISK_BYTES = 24 << 20;

  @TempDir private Path scratch;
  private Path store = Path.of("unset");
  private Path disk = Path.of("unset");

  @BeforeEach
  void packADisk() throws IOException {
    store = scratch.resolve("store");
    disk = scratch.resolve("disk.img");
    writeDisk(1);
    KobakoRun.of("pack", disk, store, "--name", "disk", "--codec", "lz4").succeeded();
  }

  private void writeDisk(int seed) throws IOException {
    byte[] bytes = new byte[DISK_BYTES];
    new Random(seed).nextBytes(bytes);
    Files.write(disk, bytes);
  }

  /** A box whose own store is empty. */
  private ChildKobako box(String name, String... upstreams) throws IOException {
    Path own = scratch.resolve(name);
    Files.createDirectories(own.resolve("store/images"));
    Path config = own.resolve("kobako.toml");
    Files.writeString(
        config,
        """
        store = "store"
        state = "state"
        netboot = false
        user = "root"
        [http]
        listen = "127.0.0.1"
        port = 0
        [proxy]
        upstreams = ["%s"]
        """
            .formatted(String.join("\", \"", upstreams)));
    return ChildKobako.start(own.resolve("box.log"), "serve", "--config", config.toString());
  }

  private void readWholeDisk(ChildKobako box) throws Exception {
    Path work = Files.createTempDirectory(scratch, "machine");
    Path copy = work.resolve("copy");
    Path socket = work.resolve("socket");
    try (ChildKobako attach =
        Children.attach(work, "disk", Children.urlOf(box), "--nbd", "unix:" + socket)) {
      assertThat(attach.readyLine()).startsWith("attached disk");
      Peer.run("nbdcopy", "nbd+unix:///?socket=" + socket, copy.toString()).succeeded();
    }
    assertThat(Files.mismatch(copy, disk)).isEqualTo(-1);
    Files.delete(copy);
  }

  /** A number of the box's status. */
  private static long figure(ChildKobako box, String name) throws IOException {
    String json =
        new String(
            URI.create(Children.urlOf(box) + "status").toURL().openStream().readAllBytes(),
            StandardCharsets.UTF_8);
    Matcher figure = Pattern.compile("\"" + name + "\": ([0-9]+)").matcher(json);
    assertThat(figure.find()).as(json).isTrue();
    return Long.parseLong(figure.group(1));
  }

  @Test
  void aBoxWithoutAnImageBecomesOneWithItByBeingAsked() throws Exception {
    NginxBox nginx = new NginxBox(store, scratch.resolve("nginx"));
    try (ChildKobako box = box("a", nginx.url())) {
      readWholeDisk(box);
      long fetched = figure(box, "fetched-bytes");
      assertThat(fetched).isBetween((long) DISK_BYTES, DISK_BYTES * 51L / 50);
      readWholeDisk(box);
      assertThat(figure(box, "fetched-bytes")).isLessThan(fetched + 10_000);
      nginx.close();
      readWholeDisk(box);
    } finally {
      nginx.close();
    }
    try (ChildKobako again = box("a", nginx.url())) {
      readWholeDisk(again);
      assertThat(figure(again, "fetched-bytes")).isZero();
    }
    // What it keeps is a store.
    KobakoRun.of("verify", scratch.resolve("a/state/cache")).succeeded();
  }

  @Test
  void boxesBehindOneAnotherFetchEachBlockOnce() throws Exception {
    try (NginxBox nginx = new NginxBox(store, scratch.resolve("nginx"));
        ChildKobako near = box("near", nginx.url());
        ChildKobako far = box("far", Children.urlOf(near))) {
      readWholeDisk(far);
      assertThat(figure(far, "fetched-bytes")).isLessThan(DISK_BYTES * 51L / 50);
      assertThat(figure(near, "fetched-bytes")).isLessThan(DISK_BYTES * 51L / 50);
    }
  }

  @Test
  void aNewVersionOfTheUpstreamIsWhatTheNextMachineGets() throws Exception {
    try (NginxBox nginx = new NginxBox(store, scratch.resolve("nginx"));
        ChildKobako box = box("a", nginx.url())) {
      readWholeDisk(box);
      writeDisk(2);
      KobakoRun.of("pack", disk, store, "--name", "disk", "--codec", "lz4").succeeded();
      readWholeDisk(box);
    }
  }

  @Test
  void anUpstreamThatLosesItsBlocksIsLeftForTheOther() throws Exception {
    Path other = scratch.resolve("other");
    Peer.run("cp", "-r", store.toString(), other.toString()).succeeded();
    try (NginxBox bad = new NginxBox(store, scratch.resolve("nginx"));
        NginxBox good = new NginxBox(other, scratch.resolve("nginx2"));
        ChildKobako box = box("a", bad.url(), good.url())) {
      Peer.run("rm", "-rf", store.resolve("blocks").toString()).succeeded();
      readWholeDisk(box);
    }
  }
}
