package org.kobako.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kobako.testing.NginxBox;
import org.kobako.testing.Peer;
import org.kobako.testing.Segment;
import org.kobako.testing.TestDisk;
import org.kobako.testing.TestStore;

/**
 * What a box with every service on takes of a machine's memory, with the options of a machine of 64
 * MB: its private pages that were written, as the kernel counts them. On a network of its own, as
 * root.
 *
 * <p>The bounds are what it took when they were written, on amd64 without a class-data archive, and
 * 2 MB for other kernels and builds of the JDK. With the archive of a flashed box, a cache takes
 * 1.5 MB more than none, idle, and 9 MB when it has fetched 220 blocks: buffers, and a heap that is
 * full.
 */
@Tag("interop")
@Timeout(240)
class MemoryInteropTest {
  private static final int IDLE_KIB = 36 << 10;
  private static final int BUSY_KIB = 41 << 10;
  private static final int CACHING_IDLE_KIB = 43 << 10;
  private static final int CACHING_BUSY_KIB = 51 << 10;

  private static final int TRANSFERS = 20;
  private static final int READERS = 40;
  private static final int BLOCK = 64 << 10;
  private static final int BLOCKS = 200;
  private static final int KERNEL_BYTES = 4 << 20;

  private final Segment segment = new Segment();
  private final Segment.Host box = segment.host("10.77.0.1/24");
  private final Segment.Host machines = segment.machine();
  private Path work;
  private @Nullable Process serve;

  @BeforeEach
  void makeAStoreAndMachines() throws IOException {
    work = Files.createTempDirectory(Path.of("/var/tmp"), "kobako-test");
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
    TestStore store = new TestStore(work.resolve("store"));
    store.add("debian", 1, TestDisk.mixed(BLOCKS * BLOCK, BLOCK, 1));
    Files.createDirectories(work.resolve("store/boot/amd64"));
    Files.write(work.resolve("store/boot/amd64/vmlinuz"), new byte[KERNEL_BYTES]);
    Files.writeString(work.resolve("curl.config"), blocks());
    for (int i = 0; i < READERS; i++) {
      machines.address(address(i) + "/24");
    }
  }

  /** With the options of a small machine. */
  private void startABox(String config) throws IOException {
    Files.writeString(work.resolve("kobako.toml"), config);
    String script =
        "KOBAKO_MEMORY_MB=64; . ./box-jvm-options.sh;"
            + " exec ip netns exec \"$0\" \"$1\" $box_jvm_options -cp \"$2\" \"$3\" serve --config \"$4\"";
    serve =
        Peer.start(
            work.resolve("serve.log"),
            List.of(
                "sh",
                "-c",
                script,
                box.namespace(),
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "target/*:target/lib/*", // its jars alone, as the launcher has them
                Kobako.class.getName(),
                work.resolve("kobako.toml").toString()));
    Peer.await(
        "the box is sound",
        Duration.ofSeconds(60),
        () -> curl("http://10.77.0.1:8080/status").output().contains("\"sound\": true"));
  }

  /** A machine's, as one may not have all the transfers. */
  private static String address(int machine) {
    return "10.77.0." + (10 + machine);
  }

  /** Every block of the store, one after the other. */
  private String blocks() throws IOException {
    StringBuilder config = new StringBuilder();
    try (Stream<Path> files = Files.walk(work.resolve("store/blocks"))) {
      files
          .filter(Files::isRegularFile)
          .forEach(file ->
              config
                  .append("url = http://10.77.0.1:8080/")
                  .append(work.resolve("store").relativize(file))
                  .append("\noutput = /dev/null\n"));
    }
    return config.toString();
  }

  @AfterEach
  void takeDown() {
    if (serve != null) {
      Peer.stop(serve);
    }
    segment.close();
    Peer.run("rm", "-r", work.toString()).succeeded();
  }

  @Test
  void idleAndBusyABoxStaysWithinItsMemory() throws Exception {
    startABox("store = 'store'\nstate = 'state'\ndhcp.mode = 'server'\n");
    int idleKib = leastKib();
    int transfersKib =
        whileRunning(TRANSFERS, "--output", "/dev/null", "tftp://10.77.0.1/amd64/vmlinuz");
    int readersKib = whileRunning(READERS, "--config", work.resolve("curl.config").toString());

    System.out.printf(
        "private memory of a box: idle %d KiB, %d transfers %d KiB, %d readers %d KiB%n",
        idleKib, TRANSFERS, transfersKib, READERS, readersKib);
    assertThat(idleKib).isLessThanOrEqualTo(IDLE_KIB);
    assertThat(transfersKib).isLessThanOrEqualTo(BUSY_KIB);
    assertThat(readersKib).isLessThanOrEqualTo(BUSY_KIB);
    assertThat(Files.readString(work.resolve("serve.log"))).doesNotContain("OutOfMemoryError");
  }

  @Test
  void aBoxThatHasNothingYetStaysWithinItsMemory() throws Exception {
    Files.createDirectories(work.resolve("own/images"));
    Segment.Host far = segment.host("10.77.0.2/24");
    try (NginxBox upstream =
        new NginxBox(work.resolve("store"), work.resolve("nginx"), far, "10.77.0.2")) {
      startABox(
          "store = 'own'\nstate = 'state'\ndhcp.mode = 'server'\nproxy.upstreams = ['%s']\n"
              .formatted(upstream.url()));
      int idleKib = leastKib();
      String all = work.resolve("curl.config").toString();
      int missesKib = whileRunning(READERS, "--config", all);
      int hitsKib = whileRunning(READERS, "--config", all);

      System.out.printf(
          "private memory of a box that caches: idle %d KiB, %d readers %d KiB, again %d KiB%n",
          idleKib, READERS, missesKib, hitsKib);
      assertThat(idleKib).isLessThanOrEqualTo(CACHING_IDLE_KIB);
      assertThat(missesKib).isLessThanOrEqualTo(CACHING_BUSY_KIB);
      assertThat(hitsKib).isLessThanOrEqualTo(CACHING_BUSY_KIB);
      assertThat(Files.readString(work.resolve("serve.log"))).doesNotContain("OutOfMemoryError");
    }
  }

  /** When what starting took has been given back: the options say how often that is done. */
  private int leastKib() throws Exception {
    int leastKib = privateDirtyKib();
    for (int i = 0; i < 12; i++) {
      Thread.sleep(1000);
      leastKib = Math.min(leastKib, privateDirtyKib());
    }
    return leastKib;
  }

  /** The most that the box had while so many ran at a time, all of which must succeed. */
  private int whileRunning(int count, String... curl) throws Exception {
    List<Process> running = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<String> words = new ArrayList<>(List.of("curl", "--silent", "--fail"));
      words.addAll(List.of("--interface", address(i)));
      words.addAll(List.of(curl));
      running.add(Peer.start(work.resolve("machine-" + i + ".log"), machines.command(words)));
    }
    int mostKib = 0;
    try {
      while (running.stream().anyMatch(Process::isAlive)) {
        mostKib = Math.max(mostKib, privateDirtyKib());
        Thread.sleep(100);
      }
      mostKib = Math.max(mostKib, privateDirtyKib());
      assertThat(running).extracting(Process::exitValue).containsOnly(0);
      return mostKib;
    } finally {
      running.forEach(Peer::stop);
    }
  }

  /** The process became the box's: sh and ip gave way to it. */
  private int privateDirtyKib() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + serve().pid() + "/smaps_rollup"))) {
      if (line.startsWith("Private_Dirty:")) {
        return Integer.parseInt(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new AssertionError("the kernel does not tell the box's private memory");
  }

  private Process serve() {
    return Objects.requireNonNull(serve, "no box was started");
  }

  private Peer.Outcome curl(String url) {
    return machines.run("curl", "--silent", "--show-error", url);
  }
}
