package org.kobako.block.client.mount.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kobako.block.client.mount.nbd.NbdTestServer.Transport;

/** A read allocates nothing on the Java heap, whichever thread answers it. */
@Timeout(120)
class NbdAllocationTest {
  private static final int READS = 100_000;

  /** Late compilation may still cost a few bytes in a first run. */
  private static final int RUNS = 3;

  private static final int DEPTH = 16;
  private static final int READ_BYTES = 4096;
  private static final int REPLY_BYTES = ReplyLayout.CHUNK_BYTES + 8 + READ_BYTES;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"TCP,true", "TCP,false", "UNIX,true", "UNIX,false"})
  void hundredThousandReadsAllocateNothing(Transport transport, boolean cached) throws IOException {
    MemoryDisk disk = new MemoryDisk(1 << 20);
    if (cached) {
      disk.allCached();
    }
    Set<Thread> others = Thread.getAllStackTraces().keySet();
    try (NbdServer server = NbdTestServer.start(disk, transport.address(directory));
        NbdTestClient client = NbdTestClient.transmitting(server, true)) {
      read(client, READS / 2);
      long allocated = Long.MAX_VALUE;
      for (int run = 0; run < RUNS && allocated > 0; run++) {
        long before = allocatedByServer(others);
        read(client, READS);
        allocated = allocatedByServer(others) - before;
      }
      assertThat(allocated).as("bytes for %d reads", READS).isZero();
    }
  }

  private static void read(NbdTestClient client, int reads) throws IOException {
    ByteBuffer requests = ByteBuffer.allocateDirect(DEPTH * Request.BYTES);
    while (requests.hasRemaining()) {
      requests.put(Messages.request(0, 0, requests.position(), requests.position(), READ_BYTES));
    }
    ByteBuffer replies = ByteBuffer.allocateDirect(DEPTH * REPLY_BYTES);
    for (int done = 0; done < reads; done += DEPTH) {
      client.send(requests.clear());
      replies.clear();
      while (replies.hasRemaining()) {
        if (client.channel().read(replies) < 0) {
          throw new IOException("hung up on");
        }
      }
    }
  }

  /** By the threads that answer, not the one that accepts; other servers' threads left out. */
  private static long allocatedByServer(Set<Thread> others) {
    long[] ids =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> !others.contains(thread))
            .filter(thread ->
                thread.getName().startsWith("nbd-connection")
                    || thread.getName().startsWith("nbd-worker"))
            .mapToLong(Thread::threadId)
            .toArray();
    assertThat(ids).as("threads that answer").isNotEmpty();
    return Arrays.stream(THREADS.getThreadAllocatedBytes(ids)).sum();
  }
}
