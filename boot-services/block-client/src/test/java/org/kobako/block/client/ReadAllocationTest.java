package org.kobako.block.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kobako.block.client.fetch.UpstreamUrl;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.Codec;
import org.kobako.block.format.ImageName;
import org.kobako.testing.FaultyBox;
import org.kobako.testing.TestDisk;
import org.kobako.testing.TestStore;

/**
 * Zero bytes are allocated per read in steady state, fetches included: read threads and prefetch
 * threads are counted. {@code kobako bench read} does the same for every codec over more reads.
 */
@Timeout(120)
class ReadAllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int WARM_UP = 5_000;
  private static final int READS = 20_000;

  @TempDir Path temp;

  @ParameterizedTest
  @EnumSource(
      value = Codec.class,
      names = {"NONE", "ZLIB"})
  void randomReadsThatMissAllocateNothing(Codec codec) throws IOException {
    byte[] disk = TestDisk.mixed(96 * BlockSize.MIN_BYTES, BlockSize.MIN_BYTES, 1);
    TestStore store = new TestStore(temp);
    store.add("disk", 1, disk, BlockSize.MIN_BYTES, codec, null);
    try (FaultyBox box = new FaultyBox(store.root());
        AttachedImage image = open(box, 0)) {
      Random random = new Random(1);
      Reply reply = image.disk().newReply();
      randomReads(image.disk(), reply, random, WARM_UP);
      long fetchesBefore = image.counters().fetches();
      long before = THREADS.getCurrentThreadAllocatedBytes();
      randomReads(image.disk(), reply, random, READS);
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      assertThat(image.counters().fetches() - fetchesBefore).isGreaterThan(READS / 4);
      // What is left is the JIT's business (a deoptimised frame now and then), not the path's.
      assertThat(allocated / (double) READS).isLessThan(0.5);
    }
  }

  @Test
  void sequentialReadsAndTheirPrefetchAllocateNothing() throws IOException {
    byte[] disk = TestDisk.mixed(96 * BlockSize.MIN_BYTES, BlockSize.MIN_BYTES, 1);
    TestStore store = new TestStore(temp);
    store.add("disk", 1, disk);
    try (FaultyBox box = new FaultyBox(store.root());
        AttachedImage image = open(box, 4)) {
      Reply reply = image.disk().newReply();
      sequentialReads(image.disk(), reply, 40);
      long[] threads = readThreads();
      long before = allocatedBy(threads);
      sequentialReads(image.disk(), reply, 100);
      long reads = 100L * 96;
      assertThat((allocatedBy(threads) - before) / (double) reads).isLessThan(0.5);
    }
  }

  private static void randomReads(Disk disk, Reply reply, Random random, int count)
      throws IOException {
    int length = 4096;
    for (int i = 0; i < count; i++) {
      disk.read(random.nextLong(disk.lengthBytes() - length), length, reply);
      reply.release();
    }
  }

  private static void sequentialReads(Disk disk, Reply reply, int rounds) throws IOException {
    for (int round = 0; round < rounds; round++) {
      for (long at = 0; at < disk.lengthBytes(); at += disk.blockSizeBytes()) {
        disk.read(at, disk.blockSizeBytes(), reply);
        reply.release();
      }
    }
  }

  private static long[] readThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(
            thread -> thread.getName().startsWith("kobako-") || thread == Thread.currentThread())
        .mapToLong(Thread::threadId)
        .toArray();
  }

  private static long allocatedBy(long[] threads) {
    long sum = 0;
    for (long thread : threads) {
      sum += THREADS.getThreadAllocatedBytes(thread);
    }
    return sum;
  }

  private static AttachedImage open(FaultyBox box, int readAheadBlocks) throws IOException {
    return AttachedImage.open(
        new AttachConfig(
            new ImageName("disk"),
            OptionalLong.empty(),
            List.of(UpstreamUrl.parse(box.url())),
            null,
            null,
            1,
            null,
            AttachConfig.DEFAULT_PATIENCE,
            new ReadPathConfig(20 * BlockSize.MIN_BYTES, 2, 2, readAheadBlocks)));
  }
}
