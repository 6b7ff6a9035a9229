package org.kobako.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kobako.testing.Peer;

/** The runtimes of boxes and machines, run here by an emulator of their processors. */
@Tag("interop")
@Timeout(3600)
class RuntimeInteropTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String INTERPRETED = "-Xint";
  private static final String COMPILED = "-XX:TieredStopAtLevel=1";

  /** Enough that a VM which reads in halves was caught in every run. */
  private static final String READS = "1000000";

  private static final Duration LOOP = Duration.ofSeconds(30);

  @TempDir Path work;
  private Path log;

  @BeforeEach
  void makeLogs(TestInfo test) throws IOException {
    String name = test.getTestMethod().orElseThrow().getName() + " " + test.getDisplayName();
    log = Logs.of(name.replaceAll("[^A-Za-z0-9]+", "-")).resolve("log");
  }

  @ParameterizedTest
  @ValueSource(strings = {"amd64", "arm64", "armhf"})
  void aBoxServesFromItsTree(String architecture) throws Exception {
    BoxRuntime runtime = BoxRuntime.of(architecture, log);
    Path store = store("none", 1 << 20);
    try (Running box = serve(runtime, store)) {
      Path current = store.resolve("images/none/current");
      assertThat(get(box.url() + "images/none/current")).isEqualTo(Files.readAllBytes(current));
    }
  }

  @Test
  void theSameInputsMakeTheSameRuntime() throws Exception {
    BoxRuntime kept = BoxRuntime.of("amd64", log);
    BoxRuntime again = BoxRuntime.anew("amd64", work.resolve("again"), log);
    Program.run(log, List.of("diff", "-r", kept.tree().toString(), again.tree().toString()));
    assertThat(times(again.tree())).isEqualTo(times(kept.tree()));
  }

  /** The class-data archive goes by them. */
  private String times(Path tree) throws IOException {
    return Program.run(
        log,
        List.of("sh", "-c", "cd " + tree + " && find . -mindepth 1 -printf '%p %m %T@\\n' | sort"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"armel", "ppc64el", "riscv64", "sh4"})
  void aRuntimeAloneRunsTheBlockClient(String architecture) throws Exception {
    Path tree = work.resolve("tree");
    Program.run(log, clientRuntime(System.getProperty("java.home"), architecture, tree));
    String jar = tree.resolve("usr/lib/kobako/kobako-client.jar").toString();
    List<String> command =
        new BoxRuntime(architecture, tree)
            .java(
                "-showversion",
                "-XX:+UseSerialGC",
                "-cp",
                jar,
                "org.kobako.block.client.attach.KobakoClient",
                "attach",
                "--help");
    assertThat(Peer.run(command).succeeded())
        .startsWith("openjdk version \"25.")
        .contains("usage: kobako attach NAME");
  }

  /** jlink itself would link them, and the VM end in the middle of its start. */
  @Test
  void jlinkOfAnotherReleaseIsRefused() throws Exception {
    Path jdk = work.resolve("jdk-26");
    Path bin = Files.createDirectories(jdk.resolve("bin"));
    writeProgram(bin.resolve("jlink"), "echo 26.0.1");
    writeProgram(
        bin.resolve("jmod"), "exec " + System.getProperty("java.home") + "/bin/jmod \"$@\"");

    Peer.Outcome outcome = Peer.run(clientRuntime(jdk.toString(), "amd64", work.resolve("tree")));

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.output())
        .containsPattern(
            "jlink of .*/jdk-26 is of Java 26.0.1, the modules of target amd64 are of 25")
        .endsWith("set JAVA_HOME to a JDK 25\n");
  }

  private static void writeProgram(Path file, String line) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + line + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private static List<String> clientRuntime(String javaHome, String architecture, Path tree) {
    Path services = MadeOnce.CHECKOUT.resolve("boot-services");
    return List.of(
        "env",
        "JAVA_HOME=" + javaHome,
        MadeOnce.CHECKOUT.resolve("cross/client-runtime").toString(),
        architecture,
        tree.toString(),
        services.resolve("block-client/target/classes").toString(),
        services.resolve("block-format/target/classes").toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {INTERPRETED, COMPILED})
  void armhfReadsAndWritesLongsWhole(String mode) throws Exception {
    assertThat(run("Tears", mode, READS))
        .contains("STATIC_FIELD 0 of " + READS, "VAR_HANDLE 0 of " + READS);
  }

  @ParameterizedTest
  @ValueSource(strings = {INTERPRETED, COMPILED})
  void armhfDoesWhatABoxLeansOn(String mode) throws Exception {
    assertThat(run("Stress", mode)).contains("ok atomics", "ok lambdas and reflection");
  }

  /**
   * Runs a program of {@link org.kobako.qemu.stress} on the VM of a box; it fails by its exit code.
   */
  private String run(String program, String mode, String... words) throws IOException {
    List<String> command =
        BoxRuntime.of("armhf", log)
            .java(
                mode,
                "-XX:+UseSerialGC",
                "-Xmx16m",
                "--enable-native-access=ALL-UNNAMED",
                // The other ways start a helper, which this machine's kernel would have to know how
                // to emulate.
                "-Djdk.lang.Process.launchMechanism=FORK",
                "-cp",
                Path.of("target/test-classes").toAbsolutePath().toString(),
                "org.kobako.qemu.stress." + program);
    command.addAll(List.of(words));
    return Peer.run(command).succeeded();
  }

  /**
   * Both ends of the path of a block on the armhf VM, over and over: serve; fetch, verify,
   * decompress, show as a disk.
   */
  @Test
  void anArmhfMachineReadsFromAnArmhfBoxWhatWasPacked() throws Exception {
    BoxRuntime runtime = BoxRuntime.of("armhf", log);
    List<String> codecs = List.of("zlib", "lz4", "lzo", "zstd", "none");
    for (String codec : codecs) {
      store(codec, 8 << 20);
    }
    List<Process> disks = new ArrayList<>();
    try (Running box = serve(runtime, work.resolve("store"))) {
      for (String codec : codecs) {
        disks.add(
            Peer.start(
                log.resolveSibling("attach-" + codec),
                runtime.kobako(
                    work,
                    List.of("-XX:MaxDirectMemorySize=16m"),
                    "attach",
                    codec,
                    "--from",
                    box.url(),
                    "--nbd",
                    "unix:" + work.resolve(codec),
                    "--cache",
                    // Less than the disk, so that each round fetches again.
                    "4M",
                    "--read-ahead",
                    "2",
                    "--threads",
                    "2")));
      }
      long deadlineNs = System.nanoTime() + LOOP.toNanos();
      int rounds = 0;
      while (rounds == 0 || System.nanoTime() < deadlineNs) {
        for (String codec : codecs) {
          Path socket = work.resolve(codec);
          Peer.await(codec + " is attached", PATIENCE, () -> Files.exists(socket));
          Path copy = work.resolve("copy");
          Peer.run("nbdcopy", "--connections=1", "nbd+unix:///?socket=" + socket, copy.toString())
              .succeeded();
          assertThat(Files.mismatch(copy, work.resolve("disk-" + codec))).isEqualTo(-1);
        }
        rounds++;
      }
      System.out.println(rounds + " rounds of " + codecs);
    } finally {
      disks.forEach(Peer::stop);
    }
  }

  /**
   * Packs a disk that is the same every time, half of it text, half noise; under its codec's name.
   */
  private Path store(String codec, int length) throws IOException {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    for (int i = 0; i < length; i++) {
      bytes[i] = i % 8192 < 4096 ? (byte) ('a' + bytes[i] % 3) : bytes[i];
    }
    Path disk = Files.write(work.resolve("disk-" + codec), bytes);
    Path store = work.resolve("store");
    Program.run(
        log,
        Program.kobako(
            "pack", disk.toString(), store.toString(), "--name", codec, "--codec", codec));
    return store;
  }

  private record Running(Process process, String url) implements AutoCloseable {
    @Override
    public void close() {
      Peer.stop(process);
    }
  }

  private Running serve(BoxRuntime runtime, Path store) throws IOException {
    Path said = log.resolveSibling("box");
    Process process =
        Peer.start(
            said,
            runtime.kobako(
                work,
                List.of(),
                "serve",
                "--store",
                store.toString(),
                "--listen",
                "127.0.0.1",
                "--http-port",
                "0"));
    Peer.await(
        "the box is ready",
        PATIENCE,
        () -> Files.readString(said).contains("ready: ") || !process.isAlive());
    assertThat(said).content().contains("ready: http://");
    return new Running(process, Files.readString(said).replaceAll("(?s).*ready: (\\S+).*", "$1"));
  }

  private static byte[] get(String url) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      var answer =
          client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofByteArray());
      assertThat(answer.statusCode()).isEqualTo(200);
      return answer.body();
    }
  }
}
