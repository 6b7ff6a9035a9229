package org.kobako.appliance.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.kobako.block.client.cli.CommandFailedException;

/**
 * One sequential read of a whole disk, compared with its source as it goes.
 *
 * @param longestStallNs longest time that one read of 128 KiB took
 */
record WholeRead(long bytes, long durationNs, long longestStallNs) {
  private static final int STEP_BYTES = 128 << 10;

  /** Something that happens while the disk is read. */
  @FunctionalInterface
  interface Midway {
    void run() throws IOException, InterruptedException;
  }

  /**
   * Reads.
   *
   * @param midway runs once when half is read; its own time does not count
   * @throws IOException if a read fails
   * @throws CommandFailedException if a byte differs
   */
  static WholeRead of(Path disk, Path source, Midway midway)
      throws IOException, InterruptedException, CommandFailedException {
    ByteBuffer read = ByteBuffer.allocateDirect(STEP_BYTES);
    ByteBuffer expected = ByteBuffer.allocateDirect(STEP_BYTES);
    long durationNs = 0;
    long longestStallNs = 0;
    long at = 0;
    boolean midwayIsOver = false;
    try (FileChannel from = FileChannel.open(disk, StandardOpenOption.READ);
        FileChannel truth = FileChannel.open(source, StandardOpenOption.READ)) {
      long length = truth.size();
      while (at < length) {
        if (!midwayIsOver && at >= length / 2) {
          midway.run();
          midwayIsOver = true;
        }
        long startNs = System.nanoTime();
        fill(from, read, at);
        long tookNs = System.nanoTime() - startNs;
        durationNs += tookNs;
        longestStallNs = Math.max(longestStallNs, tookNs);
        fill(truth, expected, at);
        if (!read.equals(expected)) {
          throw new CommandFailedException(
              disk + " differs from its source in the " + STEP_BYTES + " bytes at " + at);
        }
        at += read.remaining();
      }
    }
    return new WholeRead(at, durationNs, longestStallNs);
  }

  private static void fill(FileChannel from, ByteBuffer to, long offset) throws IOException {
    to.clear();
    while (to.hasRemaining() && from.read(to, offset + to.position()) >= 0) {}
    to.flip();
  }

  double megabytesPerSecond() {
    return bytes / 1e6 / (durationNs / 1e9);
  }
}
