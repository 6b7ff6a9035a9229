package org.kobako.tftp;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.kobako.testing.Peer;

/**
 * One file over loopback by atftp, from us, atftpd and dnsmasq by turns, in lock step and in
 * windows (which dnsmasq does not have). Run its {@code main} with the test class path, as root, as
 * dnsmasq serves on port 69 only; what counts are the ratios of one run.
 */
final class TftpBenchmark {
  private static final int FILE_BYTES = 64 << 20;
  private static final int ROUNDS = 4;
  private static final String PACKET_BYTES = "1428";
  private static final double MB = 1e6;

  /** A loopback address on which nobody else has port 69. */
  private static final String DNSMASQ_ADDRESS = "127.0.69.69";

  /** The kernel's clock tick in /proc/PID/stat. */
  private static final long TICK_NS = 10_000_000;

  private record Contestant(String name, String address, int port, LongSupplier cpuNs) {}

  private TftpBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    Path work = Files.createTempDirectory("tftp-benchmark");
    List<Process> started = new ArrayList<>();
    try (TestBox box = new TestBox(work)) {
      box.files().make("initrd", FILE_BYTES);
      Contestant ours = new Contestant("ours", "127.0.0.1", box.port(), cpuOfThisProcess());
      Contestant atftpd = atftpd(work, started);
      Contestant dnsmasq = dnsmasq(work, started);
      compare(1, ours, atftpd, dnsmasq);
      compare(4, ours, atftpd);
      compare(16, ours, atftpd);
      compare(64, ours, atftpd);
    } finally {
      started.forEach(Peer::stop);
      try (Stream<Path> files = Files.walk(work)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static Contestant atftpd(Path folder, List<Process> started) throws IOException {
    int port = Peer.freePort();
    Process process =
        Peer.start(
            Path.of("/dev/null"),
            List.of(
                "atftpd",
                "--daemon",
                "--no-fork",
                "--user",
                "root",
                "--group",
                "root",
                "--bind-address",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                folder.toString()));
    started.add(process);
    return new Contestant("atftpd", "127.0.0.1", port, cpuOf(process.pid()));
  }

  private static Contestant dnsmasq(Path folder, List<Process> started) throws IOException {
    Process process =
        Peer.start(
            Path.of("/dev/null"),
            List.of(
                "dnsmasq",
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--user=root",
                "--port=0",
                "--pid-file",
                "--listen-address=" + DNSMASQ_ADDRESS,
                "--bind-interfaces",
                "--enable-tftp",
                "--tftp-root=" + folder));
    started.add(process);
    return new Contestant("dnsmasq", DNSMASQ_ADDRESS, 69, cpuOf(process.pid()));
  }

  private static void compare(int windowPackets, Contestant... contestants) {
    double[] sums = new double[contestants.length];
    double[] best = new double[contestants.length];
    for (int round = 0; round <= ROUNDS; round++) {
      for (int i = 0; i < contestants.length; i++) {
        double speed = run(contestants[i], windowPackets, round == 0);
        sums[i] += round == 0 ? 0 : speed;
        best[i] = Math.max(best[i], speed);
      }
    }
    for (int i = 1; i < contestants.length; i++) {
      System.out.printf(
          "window %d, ours to %s: %.2f, best rounds %.2f%n",
          windowPackets, contestants[i].name(), sums[0] / sums[i], best[0] / best[i]);
    }
  }

  /** Answers MB/s. */
  private static double run(Contestant contestant, int windowPackets, boolean isWarmUp) {
    List<String> command = new ArrayList<>(List.of("atftp", "--option", "blksize " + PACKET_BYTES));
    if (windowPackets > 1) {
      command.addAll(List.of("--option", "windowsize " + windowPackets));
    }
    command.addAll(
        List.of(
            "--get",
            "-r",
            "initrd",
            "-l",
            "/dev/null",
            contestant.address(),
            String.valueOf(contestant.port())));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocatedBefore = threads.getTotalThreadAllocatedBytes();
    long cpuBefore = contestant.cpuNs().getAsLong();
    long startNs = System.nanoTime();
    Peer.run(command).succeeded();
    Duration time = Duration.ofNanos(System.nanoTime() - startNs);
    double cpuSeconds = (contestant.cpuNs().getAsLong() - cpuBefore) / 1e9;
    long allocated = threads.getTotalThreadAllocatedBytes() - allocatedBefore;
    double speed = FILE_BYTES / MB / (time.toMillis() / 1e3);
    if (!isWarmUp) {
      long packets = FILE_BYTES / Integer.parseInt(PACKET_BYTES);
      System.out.printf(
          "window %2d  %-8s %6.1f MB/s  %5.2f CPU-s/GB%s%n",
          windowPackets,
          contestant.name(),
          speed,
          cpuSeconds / (FILE_BYTES / 1e9),
          contestant.name().equals("ours")
              ? "  %d bytes allocated per packet".formatted(allocated / packets)
              : "");
    }
    return speed;
  }

  private static LongSupplier cpuOfThisProcess() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system::getProcessCpuTime;
  }

  private static LongSupplier cpuOf(long pid) {
    return () -> {
      try {
        String[] fields = Files.readString(Path.of("/proc/" + pid + "/stat")).split(" ");
        return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) * TICK_NS;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }
}
