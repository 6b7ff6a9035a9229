package org.kobako.block.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.StorePath;

/** An open file of a store and what is known of it. */
final class StoreFile implements AutoCloseable {
  /**
   * The trailer of a signed file (FORMAT.md), which has a digest of all before it; of a {@code
   * current} file, everything.
   */
  private static final int TAIL_BYTES = 136;

  private static final int TAG_BYTES = 16;

  private final FileFacts facts;
  private @Nullable FileChannel channel;

  private StoreFile(FileChannel channel, FileFacts facts) {
    this.channel = channel;
    this.facts = facts;
  }

  /**
   * Opens a file of a store. Below the store's root no symbolic link is followed, neither the
   * file's nor its directories'; whoever can swap one in between can write into the store anyway.
   *
   * @throws NoSuchFileException if there is no such regular file
   * @throws IOException if it is there and cannot be opened
   */
  static StoreFile open(Path store, StorePath path) throws IOException {
    String relative = path.relative();
    requireDirectories(store, relative);
    Path file = store.resolve(relative);
    // Read before opening: if the file is replaced in between, its date is too old, which costs a
    // transfer, and never too new, which would make a stale copy good.
    BasicFileAttributes attributes = attributes(file);
    if (!attributes.isRegularFile()) {
      throw new NoSuchFileException(file.toString());
    }
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    try {
      long length = channel.size();
      String etag = '"' + tag(path, channel, length) + '"';
      long modified = attributes.lastModifiedTime().to(TimeUnit.SECONDS);
      return new StoreFile(channel, new FileFacts(path, length, etag, modified));
    } catch (IOException | RuntimeException e) {
      closeQuietly(channel);
      throw e;
    }
  }

  private static void requireDirectories(Path store, String relative) throws IOException {
    for (int slash = relative.indexOf('/'); slash >= 0; slash = relative.indexOf('/', slash + 1)) {
      Path directory = store.resolve(relative.substring(0, slash));
      if (!attributes(directory).isDirectory()) {
        throw new NoSuchFileException(directory.toString());
      }
    }
  }

  private static BasicFileAttributes attributes(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * A name of the content. Not made of the time of the last change: a store inside a firmware has
   * one time for all its files, in every release.
   */
  private static String tag(StorePath path, FileChannel channel, long length) throws IOException {
    if (path instanceof StorePath.Block block) {
      return block.digestHex();
    }
    ByteBuffer tail = ByteBuffer.allocate((int) Math.min(TAIL_BYTES, length));
    long start = length - tail.capacity();
    while (tail.hasRemaining()) {
      if (channel.read(tail, start + tail.position()) < 0) {
        throw new IOException("the file shrinks");
      }
    }
    byte[] digest = sha256().digest(tail.array());
    return Long.toHexString(length) + "-" + HexFormat.of().formatHex(digest, 0, TAG_BYTES);
  }

  FileFacts facts() {
    return facts;
  }

  /** Hands the channel to an owner who closes it; {@link #close} does nothing from then on. */
  FileChannel takeChannel() {
    FileChannel taken = Objects.requireNonNull(channel, "taken already");
    channel = null;
    return taken;
  }

  @Override
  public void close() {
    if (channel != null) {
      closeQuietly(channel);
      channel = null;
    }
  }

  /** Of a file that was only read nothing can be lost in closing. */
  static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException nothingLost) {
      // The descriptor is free all the same (close(2)).
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
