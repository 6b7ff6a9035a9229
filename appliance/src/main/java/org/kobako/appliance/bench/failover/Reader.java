package org.kobako.appliance.bench.failover;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/**
 * Reads an attached disk without a pause, one read at a time and past the page cache, notes how
 * long the longest took, and compares every byte with what it must be.
 */
final class Reader implements AutoCloseable {
  private static final int LONGEST_READ_BYTES = 128 << 10;
  private static final int PAGE_BYTES = 4 << 10;
  private static final int PAUSE_AFTER_ERROR_MS = 10;
  private static final int END_SECONDS = 5;

  /** Where it reads next. */
  private interface Course {
    Place next();
  }

  private record Place(long offset, int length) {}

  private final FileChannel file;
  private final Course course;
  private final Thread thread;
  private final ByteBuffer bytes =
      ByteBuffer.allocateDirect(LONGEST_READ_BYTES + PAGE_BYTES)
          .alignedSlice(PAGE_BYTES)
          .order(ByteOrder.LITTLE_ENDIAN);
  private volatile boolean closed;

  // All below is guarded by this.
  private long longestNs;
  private int errors;
  private int wrong;
  private boolean reading;
  private long readSinceNs;
  private long readBytes;

  private Reader(String name, Path disk, Course course) throws IOException {
    this.file = FileChannel.open(disk, StandardOpenOption.READ, ExtendedOpenOption.DIRECT);
    this.course = course;
    this.thread = Thread.ofPlatform().name("failover-reader-" + name).daemon().unstarted(this::run);
    thread.start();
  }

  /** From the first byte to the last and again, 128 KiB at a time. */
  static Reader sequential(Path disk) throws IOException {
    return new Reader(
        "sequential",
        disk,
        new Course() {
          private long offset;

          @Override
          public Place next() {
            Place place = new Place(offset, LONGEST_READ_BYTES);
            offset = (offset + LONGEST_READ_BYTES) % KnownDisk.LENGTH_BYTES;
            return place;
          }
        });
  }

  /** 4 KiB and 16 KiB by turns, anywhere. */
  static Reader random(Path disk) throws IOException {
    Random random = new Random(1);
    return new Reader(
        "random",
        disk,
        new Course() {
          private int length = PAGE_BYTES;

          @Override
          public Place next() {
            length = length == PAGE_BYTES ? 4 * PAGE_BYTES : PAGE_BYTES;
            return new Place(random.nextLong(KnownDisk.LENGTH_BYTES / length) * length, length);
          }
        });
  }

  /** From now on the longest read is one that has not ended yet. */
  synchronized void forgetLongest() {
    longestNs = 0;
  }

  /** How long the longest read took; one that goes on counts as far as it is. */
  synchronized long longestNs() {
    return reading ? Math.max(longestNs, System.nanoTime() - readSinceNs) : longestNs;
  }

  /** Reads that failed, since it was opened. */
  synchronized int errors() {
    return errors;
  }

  /** Reads that had a wrong byte, since it was opened. */
  synchronized int wrong() {
    return wrong;
  }

  /** Since it was opened. */
  synchronized long readBytes() {
    return readBytes;
  }

  private void run() {
    try {
      while (!closed) {
        Place place = course.next();
        begin();
        try {
          read(place);
        } catch (IOException e) {
          endWithError();
          Thread.sleep(PAUSE_AFTER_ERROR_MS);
          continue;
        }
        end(place.length);
        if (!KnownDisk.isAt(place.offset, bytes)) {
          noteWrong();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read(Place place) throws IOException {
    bytes.clear().limit(place.length);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, place.offset + bytes.position()) < 0) {
        throw new EOFException("the disk ends too early");
      }
    }
  }

  private synchronized void begin() {
    reading = true;
    readSinceNs = System.nanoTime();
  }

  private synchronized void end(int length) {
    longestNs = longestNs();
    reading = false;
    readBytes += length;
  }

  private synchronized void endWithError() {
    end(0);
    errors++;
  }

  private synchronized void noteWrong() {
    wrong++;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    closed = true;
    thread.join(END_SECONDS * 1000L);
    file.close();
  }
}
