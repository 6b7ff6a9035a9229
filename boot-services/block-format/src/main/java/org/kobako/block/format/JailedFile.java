package org.kobako.block.format;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;

/**
 * An open regular file below a root that it cannot be led out of.
 *
 * @param channel open to be read
 * @param lengthBytes when it was opened
 * @param modifiedEpochSeconds its last change
 */
public record JailedFile(FileChannel channel, long lengthBytes, long modifiedEpochSeconds)
    implements Closeable {

  /**
   * Opens a file. Below the root no symbolic link is followed, neither the file's nor its
   * directories'; whoever can swap one in between can write there anyway.
   *
   * @param relative names with slashes between, none of them {@code .} or {@code ..}, as {@link
   *     StorePath} and boot file names are
   * @throws NoSuchFileException if there is no such regular file
   * @throws IOException if it is there and cannot be opened
   */
  public static JailedFile open(Path root, String relative) throws IOException {
    for (int slash = relative.indexOf('/'); slash >= 0; slash = relative.indexOf('/', slash + 1)) {
      Path directory = root.resolve(relative.substring(0, slash));
      if (!attributes(directory).isDirectory()) {
        throw new NoSuchFileException(directory.toString());
      }
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

  private static BasicFileAttributes attributes(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
