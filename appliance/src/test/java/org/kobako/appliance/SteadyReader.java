package org.kobako.appliance;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import org.kobako.testing.Peer;

/** Reads a disk over and over, past the page cache, and compares it with what it must be. */
final class SteadyReader implements AutoCloseable {
  private static final int READ_BYTES = 1 << 16;
  private static final int PAGE_BYTES = 4 << 10;
  private static final long MORE_BYTES = 4 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final FileChannel file;
  private final byte[] expected;
  private final Thread thread =
      Thread.ofPlatform().name("steady-reader").daemon().unstarted(this::run);
  private volatile long readBytes;
  private volatile Optional<String> trouble = Optional.empty();

  SteadyReader(Path disk, byte[] expected) throws IOException {
    this.file = FileChannel.open(disk, StandardOpenOption.READ, ExtendedOpenOption.DIRECT);
    this.expected = expected;
    thread.start();
  }

  private void run() {
    ByteBuffer bytes = ByteBuffer.allocateDirect(READ_BYTES + PAGE_BYTES).alignedSlice(PAGE_BYTES);
    long offset = 0;
    while (trouble.isEmpty() && !Thread.currentThread().isInterrupted()) {
      try {
        bytes.clear().limit(READ_BYTES);
        int length = file.read(bytes, offset);
        if (!bytes.flip().equals(ByteBuffer.wrap(expected, (int) offset, READ_BYTES))) {
          trouble = Optional.of("wrong bytes at " + offset + ", " + length + " of them");
        }
      } catch (IOException e) {
        trouble = Optional.of("no bytes at " + offset + ": " + e);
      }
      readBytes += READ_BYTES;
      offset = (offset + READ_BYTES) % expected.length;
    }
  }

  /** Waits until it has read half a disk more. */
  void awaitMore() {
    long wanted = readBytes + MORE_BYTES;
    Peer.await("the disk is read", PATIENCE, () -> readBytes >= wanted);
  }

  /** What it met first that must not be; empty if it met nothing. */
  Optional<String> wrongOrFailed() {
    return trouble;
  }

  @Override
  public void close() throws IOException {
    thread.interrupt();
    file.close();
  }
}
