package org.kobako.block.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import org.kobako.block.format.StorePath;

/** Opens files of a store. */
final class StoreFile {
  private StoreFile() {}

  /**
   * Opens a file of a store. Below the store's root no symbolic link is followed, neither the
   * file's nor its directories'; whoever can swap one in between can write into the store anyway.
   *
   * @throws NoSuchFileException if there is no such regular file
   * @throws IOException if it is there and cannot be opened
   */
  static ServedFile open(Path store, StorePath path) throws IOException {
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
      String tag =
          path instanceof StorePath.Block block
              ? block.digestHex()
              : ServedFile.tag(channel, length);
      long modified = attributes.lastModifiedTime().to(TimeUnit.SECONDS);
      return new ServedFile(
          channel, new FileFacts(relative, kind(path), length, '"' + tag + '"', modified));
    } catch (IOException | RuntimeException e) {
      ServedFile.closeQuietly(channel);
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

  private static FileFacts.Kind kind(StorePath path) {
    return switch (path) {
      case StorePath.Block block -> FileFacts.Kind.IMMUTABLE;
      case StorePath.Index index -> FileFacts.Kind.IMMUTABLE;
      case StorePath.Current current -> FileFacts.Kind.MUTABLE_TEXT;
      case StorePath.Profile profile -> FileFacts.Kind.MUTABLE;
    };
  }
}
