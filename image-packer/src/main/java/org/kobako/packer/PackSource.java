package org.kobako.packer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * The bytes to pack, read once from the first to the last: a regular file, a block device, or the
 * file system that a directory was made into. Belongs to one thread.
 */
final class PackSource implements AutoCloseable {
  private static final int TYPE_MASK = 0170000;
  private static final int TYPE_BLOCK_DEVICE = 0060000;

  private final Path path;
  private final FileChannel channel;
  private final long lengthBytes;

  /** What a regular file looked like at first, to tell whether it changed; null for others. */
  private final @Nullable BasicFileAttributes before;

  private long offset;

  private PackSource(Path path, FileChannel channel, @Nullable BasicFileAttributes before)
      throws IOException {
    this.path = path;
    this.channel = channel;
    this.lengthBytes = channel.size();
    this.before = before;
  }

  /**
   * Opens the source of a request.
   *
   * @throws PackerException if it is not there, empty or nothing that can be packed
   */
  static PackSource open(PackRequest request, Staging staging, Progress progress)
      throws IOException {
    Path path = request.source();
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      PackSource source;
      if (attributes.isDirectory()) {
        source = openDirectory(request, staging, progress);
      } else if (attributes.isRegularFile()) {
        source = new PackSource(path, FileChannel.open(path, StandardOpenOption.READ), attributes);
      } else if (isBlockDevice(path)) {
        source = new PackSource(path, FileChannel.open(path, StandardOpenOption.READ), null);
      } else {
        throw new PackerException(
            path + " cannot be packed: it is no regular file, block device or directory");
      }
      if (source.lengthBytes == 0) {
        source.close();
        throw new PackerException(path + " cannot be packed: it is empty");
      }
      return source;
    } catch (PackerException e) {
      throw e;
    } catch (NoSuchFileException e) {
      throw new PackerException(path + " cannot be packed: it does not exist", e);
    } catch (IOException e) {
      throw new PackerException(path + " cannot be packed: " + PackerException.reason(e), e);
    }
  }

  /** The file system's file loses its name at once: whatever happens, nothing is left of it. */
  private static PackSource openDirectory(PackRequest request, Staging staging, Progress progress)
      throws IOException {
    Path directory = request.source();
    Path store = request.store().toRealPath();
    if (store.startsWith(directory.toRealPath())) {
      throw new PackerException(
          directory + " cannot be packed into a store inside it: put the store elsewhere");
    }
    Path file = staging.file("source");
    progress.step("making a " + request.directoryFilesystem().word() + " file system", 0, 0);
    request.directoryFilesystem().make(directory, file, request.name(), request.blockSizeBytes());
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    Files.delete(file);
    return new PackSource(directory, channel, null);
  }

  static boolean isBlockDevice(Path path) throws IOException {
    return ((Integer) Files.getAttribute(path, "unix:mode") & TYPE_MASK) == TYPE_BLOCK_DEVICE;
  }

  long lengthBytes() {
    return lengthBytes;
  }

  /**
   * Reads the next bytes until the buffer is full or the source ends.
   *
   * @throws PackerException if the source is shorter now than it was
   */
  void read(ByteBuffer into) throws IOException {
    while (into.hasRemaining() && offset < lengthBytes) {
      int length;
      try {
        length = channel.read(into, offset);
      } catch (IOException e) {
        throw new PackerException(
            "%s cannot be read at byte %d: %s".formatted(path, offset, PackerException.reason(e)),
            e);
      }
      if (length < 0) {
        throw changed("it shrank from " + lengthBytes + " to " + offset + " bytes");
      }
      offset += length;
    }
  }

  /**
   * Says whether what was read is one state of the source.
   *
   * @throws PackerException if it grew or was written meanwhile
   */
  void requireUnchanged() throws IOException {
    long length = channel.size();
    if (length != lengthBytes) {
      throw changed("its length went from " + lengthBytes + " to " + length + " bytes");
    }
    if (before == null) {
      return;
    }
    BasicFileAttributes now;
    try {
      now = Files.readAttributes(path, BasicFileAttributes.class);
    } catch (NoSuchFileException removed) {
      // What was read is whole all the same.
      return;
    }
    if (sameFile(now) && !now.lastModifiedTime().equals(before.lastModifiedTime())) {
      throw changed("it was written");
    }
  }

  private boolean sameFile(BasicFileAttributes now) {
    Object key = now.fileKey();
    return before != null && key != null && key.equals(before.fileKey());
  }

  private PackerException changed(String how) {
    return new PackerException(
        path + " changed while it was packed: " + how + "; pack it when nobody writes it");
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
