package org.kobako.block.client.bench;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.kobako.block.client.mount.fuse.FuseConfig;

/**
 * Random reads of 128 KiB past the kernel's cache, from a file whose bytes lie in the server's
 * memory: our FUSE against libfuse's low-level interface in C. Each server is a process of its own;
 * both are mounted all the time and are read by turns, so that whatever else the machine does hits
 * both.
 *
 * @param scratch an empty directory for the program and the two mount points
 * @param lengthBytes of the file, a multiple of 128 KiB
 * @param threads of each server
 * @param jobs readers at once
 * @param rounds pairs of measurements, after some that warm up
 * @param each how long a measurement takes
 */
public record FuseReadBench(
    Path scratch, int lengthBytes, int threads, int jobs, int rounds, Duration each) {
  private static final int READ_BYTES = 128 << 10;
  private static final int PAGE_BYTES = 4096;

  /** Until the server's code is compiled, on a busy machine too. */
  private static final int WARM_UP_ROUNDS = 4;

  private static final long PATIENCE_MS = 20_000;

  /**
   * What came out.
   *
   * @param oursMbPerSecond median over all rounds, in 10^6 bytes
   * @param peerMbPerSecond the same of the C program
   * @param ratio ours by the peer's, median of the rounds' own ratios
   */
  public record Result(double oursMbPerSecond, double peerMbPerSecond, double ratio) {}

  /**
   * 256 MiB, 8 threads, 4 jobs; many short rounds, since a shared machine changes its pace (there
   * the C program against itself gives 0.9 to 1.1).
   */
  public static FuseReadBench in(Path scratch) {
    return new FuseReadBench(
        scratch, 256 << 20, FuseConfig.DEFAULT_THREADS, 4, 31, Duration.ofMillis(300));
  }

  /**
   * Measures; needs root, a C compiler and libfuse3's headers.
   *
   * @throws IOException if a server does not come up, or a read does not give the file's bytes
   */
  public Result run() throws IOException, InterruptedException {
    Path ourMount = Files.createDirectory(scratch.resolve("ours"));
    Path peerMount = Files.createDirectory(scratch.resolve("peer"));
    String program = compilePeer().toString();
    try (Server ours = Server.start(ourCommand(ourMount), ourMount);
        Server peer = Server.start(peerCommand(program, peerMount), peerMount)) {
      return compare(ours.file(), peer.file());
    }
  }

  /**
   * Measures a file that is mounted already, by whatever serves it, instead of our server of
   * memory; its bytes are those of {@link MemoryDisk#ofPattern}.
   *
   * @throws IOException as {@link #run}
   */
  public Result against(Path ours) throws IOException, InterruptedException {
    Path peerMount = Files.createDirectory(scratch.resolve("peer"));
    String program = compilePeer().toString();
    try (Server peer = Server.start(peerCommand(program, peerMount), peerMount)) {
      return compare(ours, peer.file());
    }
  }

  private List<String> ourCommand(Path mountPoint) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "-Xmx64m",
        "-XX:MaxDirectMemorySize=" + (lengthBytes + (256L << 20)),
        "-cp",
        System.getProperty("java.class.path"),
        MemoryDiskServer.class.getName(),
        mountPoint.toString(),
        Integer.toString(lengthBytes),
        Integer.toString(threads));
  }

  private List<String> peerCommand(String program, Path mountPoint) {
    return List.of(
        program,
        Integer.toString(lengthBytes),
        Integer.toString(threads),
        "-o",
        "ro,allow_other",
        mountPoint.toString());
  }

  private Path compilePeer() throws IOException, InterruptedException {
    Path source = scratch.resolve("fuse_memory.c");
    Path program = scratch.resolve("fuse_memory");
    try (InputStream resource = FuseReadBench.class.getResourceAsStream("fuse_memory.c")) {
      if (resource == null) {
        throw new IOException("fuse_memory.c is not on the class path");
      }
      Files.copy(resource, source);
    }
    String command =
        "cc -O2 -o '%s' '%s' $(pkg-config --cflags --libs fuse3)".formatted(program, source);
    Process compiler =
        new ProcessBuilder("sh", "-c", command)
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.INHERIT)
            .start();
    if (compiler.waitFor() != 0) {
      throw new IOException(
          "cannot compile the peer: install gcc, pkg-config and libfuse3-dev (" + command + ")");
    }
    return program;
  }

  private Result compare(Path ours, Path peer) throws IOException, InterruptedException {
    for (int i = 0; i < WARM_UP_ROUNDS; i++) {
      measure(ours);
      measure(peer);
    }
    double[] ourRates = new double[rounds];
    double[] peerRates = new double[rounds];
    double[] ratios = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      // Who goes first changes, or a machine that slows down would favour one.
      if (i % 2 == 0) {
        ourRates[i] = measure(ours);
        peerRates[i] = measure(peer);
      } else {
        peerRates[i] = measure(peer);
        ourRates[i] = measure(ours);
      }
      ratios[i] = ourRates[i] / peerRates[i];
    }
    return new Result(median(ourRates), median(peerRates), median(ratios));
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** Reads from all jobs for a while and answers MB/s. */
  private double measure(Path file) throws IOException, InterruptedException {
    ExecutorService readers = Executors.newFixedThreadPool(jobs);
    try {
      List<Callable<Long>> tasks = new ArrayList<>();
      long startNs = System.nanoTime();
      for (int i = 0; i < jobs; i++) {
        int seed = i;
        tasks.add(() -> readAtRandom(file, new SplittableRandom(seed), startNs));
      }
      long reads = 0;
      for (Future<Long> job : readers.invokeAll(tasks)) {
        reads += job.get();
      }
      return reads * (double) READ_BYTES / ((System.nanoTime() - startNs) / 1e3);
    } catch (ExecutionException failed) {
      throw new IOException("reading " + file, failed.getCause());
    } finally {
      readers.shutdownNow();
    }
  }

  private long readAtRandom(Path file, SplittableRandom random, long startNs) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(READ_BYTES + PAGE_BYTES)
            .alignedSlice(PAGE_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    long reads = 0;
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, ExtendedOpenOption.DIRECT)) {
      while (System.nanoTime() - startNs < each.toNanos()) {
        long position = (long) random.nextInt(lengthBytes / READ_BYTES) * READ_BYTES;
        int length = channel.read(bytes.clear().limit(READ_BYTES), position);
        if (length != READ_BYTES || bytes.getLong(0) != MemoryDisk.wordAt(position)) {
          throw new IOException("wrong bytes at " + position + " of " + file);
        }
        reads++;
      }
    }
    return reads;
  }

  /** A process that serves the file; closed, it is unmounted and gone. */
  private record Server(Process process, Path mountPoint, Path file) implements AutoCloseable {
    static Server start(List<String> command, Path mountPoint)
        throws IOException, InterruptedException {
      Process process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
      // Each prints the file's path when it is there.
      BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
      String path = output.readLine();
      Server server = new Server(process, mountPoint, Path.of(path == null ? "" : path));
      if (path == null) {
        server.close();
        throw new IOException(command.getFirst() + " ended before it had mounted");
      }
      return server;
    }

    @Override
    public void close() throws IOException, InterruptedException {
      new ProcessBuilder("umount", "-l", mountPoint.toString())
          .redirectError(Redirect.DISCARD)
          .start()
          .waitFor();
      if (!process.waitFor(PATIENCE_MS, TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    }
  }
}
