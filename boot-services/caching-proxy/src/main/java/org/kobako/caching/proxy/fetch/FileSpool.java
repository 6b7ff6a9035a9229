package org.kobako.caching.proxy.fetch;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.digest.Sha256;
import org.kobako.caching.proxy.disk.Cache;

/**
 * A file of any length, on the cache's disk as long as that takes it. What the disk does not take
 * stays in memory until all have got it, and nothing more comes before that.
 */
final class FileSpool implements Spool {
  private final Optional<Path> path;
  private final Consumer<IOException> diskFailed;
  private final MessageDigest digest = Sha256.begin();
  private @Nullable FileChannel file;
  private long onDisk;
  private ByteBuffer tail = ByteBuffer.allocate(0);
  private long length;

  /**
   * @param path a new file; empty where nothing is to be kept
   * @param diskFailed is told once
   */
  FileSpool(Optional<Path> path, Consumer<IOException> diskFailed) {
    this.path = path;
    this.diskFailed = diskFailed;
    try {
      this.file =
          path.isEmpty()
              ? null
              : FileChannel.open(
                  path.get(),
                  StandardOpenOption.CREATE_NEW,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE);
    } catch (IOException e) {
      diskFailed.accept(e);
    }
    this.isOnDisk = file != null;
  }

  private boolean isOnDisk;

  @Override
  public void append(ByteBuffer bytes) {
    digest.update(bytes.duplicate());
    length += bytes.remaining();
    if (isOnDisk && file != null) {
      try {
        while (bytes.hasRemaining()) {
          onDisk += file.write(bytes, onDisk);
        }
        return;
      } catch (IOException e) {
        isOnDisk = false;
        diskFailed.accept(e);
      }
    }
    tail = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
  }

  /** Whether all of it is there, so that it can be kept, and be read from the start. */
  boolean isOnDisk() {
    return isOnDisk;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public boolean reaches(long offset) {
    return offset < onDisk || offset >= length - tail.remaining();
  }

  @Override
  public ByteBuffer piece(long offset, long limit, ByteBuffer own) throws IOException {
    if (offset >= onDisk || file == null) {
      int from = (int) (offset - (length - tail.remaining()));
      return tail.slice(from, (int) Math.min(limit - offset, tail.remaining() - from));
    }
    own.clear().limit((int) Math.min(own.capacity(), Math.min(limit, onDisk) - offset));
    while (own.hasRemaining()) {
      if (file.read(own, offset + own.position()) < 0) {
        throw new EOFException(path + " is shorter than it was");
      }
    }
    return own.flip();
  }

  /** Files are not fetched a second time while somebody has got a part of them. */
  @Override
  public boolean equals(long offset, ByteBuffer bytes) {
    return false;
  }

  @Override
  public void truncate(long offset) {
    throw new IllegalStateException("a file that comes anew is another");
  }

  @Override
  public @Nullable String digestHex() {
    return isOnDisk ? HexFormat.of().formatHex(digest.digest()) : null;
  }

  Optional<Path> path() {
    return path;
  }

  /** Opens what is there for somebody who wants to look at all of it. */
  FileChannel file() throws IOException {
    if (file == null) {
      throw new EOFException("nothing of it is on the disk");
    }
    return file;
  }

  @Override
  public void close() {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException nothingLost) {
      // Who wanted its bytes has got them.
    }
  }

  /** It did not become whole. */
  void discard() {
    path.ifPresent(Cache::discard);
  }
}
