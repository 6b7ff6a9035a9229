package org.kobako.block.client.mount.nbd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.block.client.mount.nbd.NbdTestServer.Transport;
import org.kobako.testing.Peer;

/**
 * Our export against nbdkit's memory plugin, both over the same bytes and read by fio, in turns (A
 * B A B), so that a noisy machine is noisy for both. Prints, never fails on time. By its name no
 * build runs it:
 *
 * <pre>
 *   mvn -pl boot-services/block-client -am test-compile surefire:test@interop-test \
 *       -Dtest=NbdBenchmark -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
@Tag("interop")
class NbdBenchmark {
  private static final int DISK_BYTES = 128 << 20;
  private static final int ROUNDS = 5;
  private static final Pattern IOPS = Pattern.compile("\"iops\" : ([0-9.]+)");
  private static final Pattern READS = Pattern.compile("\"total_ios\" : ([0-9]+)");

  @TempDir Path directory;

  private record Load(String name, String blockSize, int depth, int jobs) {}

  private static final List<Load> LOADS =
      List.of(
          new Load("random-4k-depth-1", "4k", 1, 1),
          new Load("random-4k-depth-16", "4k", 16, 1),
          new Load("random-4k-depth-4-connections-4", "4k", 4, 4),
          new Load("random-128k-depth-4", "128k", 4, 1),
          new Load("random-128k-depth-4-connections-2", "128k", 4, 2));

  @Test
  void againstNbdkitMemory() throws IOException {
    MemoryDisk answeredAtOnce = new MemoryDisk(DISK_BYTES).allCached();
    MemoryDisk handedToWorkers = new MemoryDisk(DISK_BYTES);
    for (Transport transport : Transport.values()) {
      Path sockets = Files.createDirectory(directory.resolve(transport.name()));
      ProcessHandle self = ProcessHandle.current();
      try (Nbdkit nbdkit = new Nbdkit(transport, answeredAtOnce.content(), sockets);
          NbdServer here = NbdTestServer.start(answeredAtOnce, unix(transport, sockets, "here"));
          NbdServer workers =
              NbdTestServer.start(handedToWorkers, unix(transport, sockets, "workers"))) {
        for (Load load : LOADS) {
          Server peer = new Server(nbdkit.uri, nbdkit.process.toHandle());
          compare(
              transport + " " + load.name() + " at once",
              load,
              new Server(here.address().uri(), self),
              peer);
          compare(
              transport + " " + load.name() + " by workers",
              load,
              new Server(workers.address().uri(), self),
              peer);
        }
      }
    }
  }

  private static NbdAddress unix(Transport transport, Path directory, String name) {
    return transport == Transport.TCP
        ? transport.address(directory)
        : new NbdAddress.UnixSocket(directory.resolve(name));
  }

  /** Prints reads per second, and the server's processor time per read, which noise harms less. */
  private static void compare(String name, Load load, Server ours, Server peer) {
    Series iops = new Series();
    Series cpuUs = new Series();
    measure(load, ours);
    for (int round = 0; round < ROUNDS; round++) {
      Measure a = measure(load, ours);
      Measure b = measure(load, peer);
      iops.add(a.iops(), b.iops());
      cpuUs.add(a.cpuUsPerRead(), b.cpuUsPerRead());
    }
    System.out.printf("%-48s IOPS %s   CPU us/read %s%n", name, iops, cpuUs);
  }

  private record Server(String uri, ProcessHandle process) {
    private double cpuUs() {
      return process.info().totalCpuDuration().orElseThrow().toNanos() / 1000.0;
    }
  }

  private record Measure(double iops, double cpuUsPerRead) {}

  /** Values of both, in turns. */
  private static final class Series {
    private final List<Double> ours = new ArrayList<>();
    private final List<Double> peer = new ArrayList<>();
    private final List<Double> ratios = new ArrayList<>();

    private void add(double our, double other) {
      ours.add(our);
      peer.add(other);
      ratios.add(our / other);
    }

    private static double median(List<Double> values) {
      return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    @Override
    public String toString() {
      return "ours %8.1f nbdkit %8.1f ratio %.2f"
          .formatted(median(ours), median(peer), median(ratios));
    }
  }

  private static Measure measure(Load load, Server server) {
    double cpuUs = server.cpuUs();
    String output =
        Peer.run(
                "fio",
                "--name=read",
                "--ioengine=nbd",
                "--uri=" + server.uri(),
                "--rw=randread",
                "--bs=" + load.blockSize(),
                "--iodepth=" + load.depth(),
                "--numjobs=" + load.jobs(),
                "--group_reporting",
                "--time_based",
                "--runtime=1",
                "--output-format=json")
            .succeeded();
    return new Measure(number(IOPS, output), (server.cpuUs() - cpuUs) / number(READS, output));
  }

  private static double number(Pattern pattern, String output) {
    Matcher matcher = pattern.matcher(output);
    if (!matcher.find()) {
      throw new AssertionError("fio does not say " + pattern + ": " + output);
    }
    return Double.parseDouble(matcher.group(1));
  }

  /** The peer, with the disk's bytes copied into it. */
  private static final class Nbdkit implements AutoCloseable {
    private final Process process;
    private final String uri;

    private Nbdkit(Transport transport, byte[] content, Path directory) throws IOException {
      Path socket = directory.resolve("nbdkit");
      int port = Peer.freePort();
      List<String> command = new ArrayList<>(List.of("nbdkit", "--foreground"));
      command.addAll(
          transport == Transport.TCP
              ? List.of("--ipaddr=127.0.0.1", "--port=" + port)
              : List.of("--unix=" + socket));
      command.addAll(List.of("memory", "size=" + content.length));
      this.process = Peer.start(directory.resolve("nbdkit.out"), command);
      this.uri =
          transport == Transport.TCP
              ? "nbd://127.0.0.1:" + port
              : new NbdAddress.UnixSocket(socket).uri();
      Path bytes = Files.write(directory.resolve("bytes"), content);
      Peer.await(
          "nbdkit answers",
          Duration.ofSeconds(10),
          () -> Peer.run("nbdinfo", "--size", uri).exitCode() == 0);
      Peer.run(Arrays.asList("nbdcopy", bytes.toString(), uri)).succeeded();
    }

    @Override
    public void close() {
      Peer.stop(process);
    }
  }
}
