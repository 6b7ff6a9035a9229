package org.kobako.dhcp.lease;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The lease file: a text log that only grows, line by line, until it is written anew. The last line
 * of an address counts. Whatever happens at any moment, what {@link #append} or {@link #rewrite}
 * said is on the disk is there afterwards:
 *
 * <ul>
 *   <li>a line is whole, or its CRC says that it is not, and then nobody was told of it;
 *   <li>a file is written anew beside the old one, flushed, renamed, and its directory flushed;
 *   <li>after a flush that failed nothing in the file is taken for safe until it is written anew:
 *       the kernel may have thrown away what it could not write.
 * </ul>
 *
 * One thread at a time.
 */
public final class LeaseLog implements Closeable {
  /** Lines beyond those that count, before the file is worth writing anew. */
  private static final int MIN_STALE_LINES = 1000;

  private final Path file;
  private FileChannel channel;
  private long lines;
  private int damagedLines;
  private boolean mustBeRewritten;

  private LeaseLog(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Opens the file, or makes it, and tells every lease that is in it, oldest first.
   *
   * @throws IOException if it cannot be read or written; its directory must be there
   */
  public static LeaseLog open(Path file, Consumer<Lease> restored) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      LeaseLog log = new LeaseLog(file, channel);
      log.restore(restored);
      flushDirectory(file);
      return log;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Reads the whole lines, and cuts off a torn one, so that the next does not grow onto it. */
  private void restore(Consumer<Lease> restored) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int start = 0;
    for (int end = start; end < bytes.length; end++) {
      if (bytes[end] == '\n') {
        Optional<Lease> lease =
            LeaseLine.parse(new String(bytes, start, end - start, StandardCharsets.ISO_8859_1));
        lease.ifPresentOrElse(restored, () -> damagedLines++);
        lines++;
        start = end + 1;
      }
    }
    channel.truncate(start);
    channel.position(start);
  }

  /** Whole lines that {@link #open} could make nothing of. */
  public int damagedLines() {
    return damagedLines;
  }

  /** Whether {@link #rewrite} is due, when so many leases are known. */
  public boolean isLong(int leases) {
    return mustBeRewritten || lines > MIN_STALE_LINES + 2L * leases;
  }

  /**
   * Adds leases; they are on the disk when it returns.
   *
   * @throws IOException if they are not, all of them
   */
  public void append(Collection<Lease> leases) throws IOException {
    if (mustBeRewritten) {
      throw new IOException("an earlier write failed");
    }
    long length = channel.position();
    try {
      write(channel, leases);
    } catch (IOException e) {
      cutBackTo(length);
      throw e;
    }
    flush(leases.size());
  }

  private void flush(int written) throws IOException {
    try {
      channel.force(false);
      lines += written;
    } catch (IOException e) {
      mustBeRewritten = true;
      throw e;
    }
  }

  /** Half a line before the next one would make both worthless. */
  private void cutBackTo(long length) {
    try {
      channel.truncate(length);
      channel.position(length);
    } catch (IOException e) {
      mustBeRewritten = true;
    }
  }

  /**
   * Writes the file anew with these leases only; they are on the disk when it returns.
   *
   * @throws IOException if they are not; the old file is as it was then
   */
  public void rewrite(Collection<Lease> leases) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    FileChannel written =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    try {
      write(written, leases);
      written.force(true);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      written.close();
      Files.deleteIfExists(next);
      throw e;
    }
    channel.close();
    channel = written;
    lines = leases.size();
    // If this fails, the old file may come back at the next start: then nothing here is safe.
    mustBeRewritten = true;
    flushDirectory(file);
    mustBeRewritten = false;
  }

  private static void write(FileChannel channel, Collection<Lease> leases) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Lease lease : leases) {
      text.append(LeaseLine.format(lease)).append('\n');
    }
    ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.ISO_8859_1));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static void flushDirectory(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    try (FileChannel directory = FileChannel.open(parent, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
