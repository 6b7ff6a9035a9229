package org.kobako.block.client.mount.fuse;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.testing.Peer;
import org.kobako.testing.TestDisk;

/** Zero bytes allocated per read in steady state, counted in the threads that serve. */
@Tag("interop")
@Timeout(120)
class FuseAllocationInteropTest {
  private static final int READS = 100_000;
  private static final int READ_BYTES = 4096;

  @TempDir private Path scratch;

  @Test
  void hundredThousandReadsAllocateNothing() throws Exception {
    byte[] plain = TestDisk.mixed(4 << 20, ArrayDisk.BLOCK_BYTES, 1);
    Path mountPoint = scratch.resolve("mount");
    try (FuseMount mount =
            FuseMount.mount(new ArrayDisk("steady", plain), FuseConfig.at(mountPoint));
        FileChannel file =
            FileChannel.open(mount.file(), StandardOpenOption.READ, ExtendedOpenOption.DIRECT)) {
      ByteBuffer page =
          ByteBuffer.allocateDirect(2 * READ_BYTES).alignedSlice(READ_BYTES).limit(READ_BYTES);
      readAll(file, page, plain.length); // until compiled
      long before = allocatedByServers();
      readAll(file, page, plain.length);
      long allocated = allocatedByServers() - before;
      assertThat((double) allocated / READS).as("bytes per read").isLessThan(0.1);
    } finally {
      Peer.run("umount", "-l", mountPoint.toString());
    }
  }

  private static void readAll(FileChannel file, ByteBuffer page, int diskLength)
      throws IOException {
    for (int i = 0; i < READS; i++) {
      long position = (long) i * 7919 % (diskLength / READ_BYTES) * READ_BYTES;
      assertThat(file.read(page.clear().limit(READ_BYTES), position)).isEqualTo(READ_BYTES);
    }
  }

  private static long allocatedByServers() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long sum = 0;
    int servers = 0;
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("fuse-steady-")) {
        sum += threads.getThreadAllocatedBytes(thread.threadId());
        servers++;
      }
    }
    assertThat(servers).isEqualTo(FuseConfig.DEFAULT_THREADS);
    return sum;
  }
}
