package org.kobako.block.client;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.StorePath;
import org.kobako.block.format.TrustKey;
import org.kobako.block.format.UntrustedIndexException;

/**
 * The newest version seen of each image, per key: {@code DIRECTORY/KEY/NAME}, text like a store's
 * {@code current}. It only grows.
 */
final class SeenVersions {
  private final Path directory;

  SeenVersions(Path directory) {
    this.directory = directory;
  }

  /**
   * Refuses a version older than one that was seen, and remembers a newer one.
   *
   * @throws UntrustedIndexException if it is older
   * @throws IOException if the directory cannot be read or written, or what it holds is damaged
   */
  void accept(TrustKey key, ImageName image, long version) throws IOException {
    Path file = directory.resolve(key.id()).resolve(image.value());
    long seen = read(file);
    if (version < seen) {
      throw new UntrustedIndexException(
          "image "
              + image
              + " is offered in version "
              + version
              + ", and version "
              + seen
              + " was seen before: a rollback is refused; if it is meant, remove "
              + file);
    }
    if (version > seen) {
      write(file, version);
    }
  }

  private static long read(Path file) throws IOException {
    String text;
    try {
      text = Files.readString(file);
    } catch (NoSuchFileException first) {
      return 0;
    }
    return StorePath.parseCurrent(text)
        .orElseThrow(
            () -> new IOException(file + " is damaged: expected a version, found '" + text + "'"));
  }

  private static void write(Path file, long version) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IOException(file + " has no directory");
    }
    Files.createDirectories(parent);
    Path fresh = Files.createTempFile(parent, ".seen", "");
    try {
      Files.writeString(fresh, version + "\n");
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException(parent + " cannot replace files at once: use another --state", e);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
