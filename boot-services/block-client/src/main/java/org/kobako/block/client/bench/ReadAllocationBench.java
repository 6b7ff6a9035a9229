package org.kobako.block.client.bench;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.kobako.block.client.AttachConfig;
import org.kobako.block.client.AttachedImage;
import org.kobako.block.client.Disk;
import org.kobako.block.client.ReadPathConfig;
import org.kobako.block.client.Reply;
import org.kobako.block.client.fetch.UpstreamUrl;
import org.kobako.block.format.ImageName;

/**
 * Counts what reading allocates on the Java heap, fetches, digests and decompression included: the
 * reading thread and all threads of the read path, by the VM's own count per thread.
 */
public final class ReadAllocationBench {
  private static final int READ_BYTES = 4096;

  /** The JIT compiles on the way; what it and the class loader leave behind is not a read's. */
  private static final int WARM_UP_READS = 20_000;

  private ReadAllocationBench() {}

  /**
   * What came out.
   *
   * @param bytesPerRead allocated on all threads, divided by the reads
   * @param fetchesPerRead how many of the reads went to the network
   */
  public record Result(double bytesPerRead, double fetchesPerRead) {}

  /**
   * Reads at random offsets through a block cache of a few slots, so that most reads miss, and one
   * sequence, so that some blocks are prefetched.
   *
   * @param reads measured, after a warm-up
   */
  public static Result run(UpstreamUrl upstream, ImageName image, int reads) throws IOException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    AttachConfig config =
        new AttachConfig(
            image,
            OptionalLong.empty(),
            List.of(upstream),
            null,
            null,
            1,
            null,
            AttachConfig.DEFAULT_PATIENCE,
            new ReadPathConfig(4L << 20, 2, 2, 8));
    try (AttachedImage attached = AttachedImage.open(config)) {
      Disk disk = attached.disk();
      Reply reply = disk.newReply();
      Random random = new Random(1);
      read(disk, reply, random, WARM_UP_READS);
      long[] counted = threadsOfTheReadPath();
      long fetchesBefore = attached.counters().fetches();
      long before = allocated(threads, counted);
      read(disk, reply, random, reads);
      double bytes = allocated(threads, counted) - before;
      double fetches = attached.counters().fetches() - fetchesBefore;
      return new Result(bytes / reads, fetches / reads);
    }
  }

  private static void read(Disk disk, Reply reply, Random random, int reads) throws IOException {
    long positions = disk.lengthBytes() / READ_BYTES;
    long sequential = 0;
    for (int i = 0; i < reads; i++) {
      boolean random4k = i % 2 == 0;
      long position = random4k ? random.nextLong(positions) : sequential++ % positions;
      disk.read(position * READ_BYTES, READ_BYTES, reply);
      reply.release();
    }
  }

  private static long[] threadsOfTheReadPath() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(
            thread -> thread.getName().startsWith("kobako-") || thread == Thread.currentThread())
        .mapToLong(Thread::threadId)
        .toArray();
  }

  private static long allocated(ThreadMXBean threads, long[] counted) {
    long sum = 0;
    for (long thread : counted) {
      sum += Math.max(0, threads.getThreadAllocatedBytes(thread));
    }
    return sum;
  }
}
