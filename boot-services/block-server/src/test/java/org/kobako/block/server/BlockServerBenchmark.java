package org.kobako.block.server;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.kobako.block.format.StorePath;
import org.kobako.testing.NginxBox;
import org.kobako.testing.Peer;
import org.kobako.testing.TestStore;

/**
 * A block of 128 KiB over keep-alive connections, from us and from nginx by turns: wrk asks. Run
 * its {@code main} with the test class path; what counts are the ratios of one run.
 */
final class BlockServerBenchmark {
  private static final int BLOCK_BYTES = 128 << 10;
  private static final int ROUNDS = 4;
  private static final String SECONDS = "4s";
  private static final String CONNECTIONS = "16";
  private static final double GB = 1e9;

  /** The kernel's clock tick in /proc/PID/stat. */
  private static final long TICK_NS = 10_000_000;

  private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ([0-9.]+)s");

  private BlockServerBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    Path work = Files.createTempDirectory("block-server-benchmark");
    try {
      TestStore store = new TestStore(work.resolve("store"));
      byte[] stored = new byte[BLOCK_BYTES];
      new Random(2).nextBytes(stored);
      String block = "/" + new StorePath.Block(store.put(stored).toHex()).relative();
      try (TestBox box = new TestBox(store.root());
          NginxBox nginx = new NginxBox(store.root(), work.resolve("nginx"))) {
        LongSupplier ourCpuNs = cpuOfThisProcess();
        LongSupplier theirCpuNs = cpuOf(nginx.workerPid());
        String ourUrl = "http://127.0.0.1:" + box.address().getPort() + block;
        String theirUrl = "http://127.0.0.1:" + nginx.address().getPort() + block;
        run("warm-up", ourUrl, ourCpuNs);
        run("warm-up", theirUrl, theirCpuNs);
        double ours = 0;
        double theirs = 0;
        for (int i = 0; i < ROUNDS; i++) {
          ours += run("ours", ourUrl, ourCpuNs);
          theirs += run("nginx", theirUrl, theirCpuNs);
        }
        System.out.printf("throughput, ours to nginx: %.2f%n", ours / theirs);
      }
    } finally {
      try (Stream<Path> files = Files.walk(work)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** Answers requests per second. */
  private static double run(String name, String url, LongSupplier cpuNs) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocatedBefore = threads.getTotalThreadAllocatedBytes();
    long cpuBefore = cpuNs.getAsLong();
    String report = Peer.run("wrk", "-t1", "-c" + CONNECTIONS, "-d" + SECONDS, url).succeeded();
    double cpuSeconds = (cpuNs.getAsLong() - cpuBefore) / 1e9;
    long allocated = threads.getTotalThreadAllocatedBytes() - allocatedBefore;
    Matcher requests = REQUESTS.matcher(report);
    if (!requests.find() || report.contains("errors")) {
      throw new AssertionError(report);
    }
    double count = Double.parseDouble(requests.group(1));
    double perSecond = count / Double.parseDouble(requests.group(2));
    System.out.printf(
        "%-8s %8.0f requests/s  %6.3f CPU-s/GB  %s%n",
        name,
        perSecond,
        cpuSeconds / (count * BLOCK_BYTES / GB),
        name.equals("nginx")
            ? ""
            : "%.0f bytes allocated per request".formatted(allocated / count));
    return perSecond;
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
