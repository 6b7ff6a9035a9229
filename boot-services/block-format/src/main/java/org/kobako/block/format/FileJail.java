package org.kobako.block.format;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Opens files below a root that nothing leads out of. Below it no symbolic link is followed,
 * neither a file's nor its directories'; whoever can swap one while a server runs can write there
 * anyway.
 *
 * <p>So a directory that was one is taken for one for some seconds: a box that serves blocks asks
 * for the same few hundred directories again and again, and to look at them costs it as much as to
 * open the file. Safe for use by many threads.
 */
public final class FileJail {
  static final long GOOD_FOR_NS = TimeUnit.SECONDS.toNanos(10);

  /** A store has 256 directories of blocks, and one for each image. */
  private static final int MAX_KNOWN_DIRECTORIES = 1024;

  private final Path root;
  private final LongSupplier clockNs;

  /** By their relative names: when they were looked at. */
  private final Map<String, Long> knownDirectories = new ConcurrentHashMap<>();

  /**
   * @param root need not be there; then there are no files
   */
  public FileJail(Path root) {
    this(root, System::nanoTime);
  }

  FileJail(Path root, LongSupplier clockNs) {
    this.root = root;
    this.clockNs = clockNs;
  }

  /**
   * Opens a file.
   *
   * @param relative names with slashes between, none of them {@code .} or {@code ..}, as {@link
   *     StorePath} and boot file names are
   * @throws NoSuchFileException if there is no such regular file
   * @throws IOException if it is there and cannot be opened
   */
  public JailedFile open(String relative) throws IOException {
    int slash = relative.lastIndexOf('/');
    if (slash >= 0) {
      requireDirectory(relative.substring(0, slash));
    }
    Path file = root.resolve(relative);
    // Read before opening: if the file is replaced in between, its date is too old, which costs a
    // transfer, and never too new, which would make a stale copy good.
    BasicFileAttributes attributes = attributes(file);
    if (!attributes.isRegularFile()) {
      throw new NoSuchFileException(file.toString());
    }
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    try {
      long modified = attributes.lastModifiedTime().to(TimeUnit.SECONDS);
      return new JailedFile(channel, channel.size(), modified);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private void requireDirectory(String relative) throws IOException {
    long nowNs = clockNs.getAsLong();
    Long lookedAtNs = knownDirectories.get(relative);
    if (lookedAtNs != null && nowNs - lookedAtNs < GOOD_FOR_NS) {
      return;
    }
    int slash = relative.lastIndexOf('/');
    if (slash >= 0) {
      requireDirectory(relative.substring(0, slash));
    }
    Path directory = root.resolve(relative);
    if (!attributes(directory).isDirectory()) {
      throw new NoSuchFileException(directory.toString());
    }
    if (knownDirectories.size() >= MAX_KNOWN_DIRECTORIES) {
      knownDirectories.clear();
    }
    knownDirectories.put(relative, nowNs);
  }

  private static BasicFileAttributes attributes(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }
}
