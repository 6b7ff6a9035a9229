package org.kobako.appliance.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.kobako.appliance.box.BoxConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The copy of the last configuration that the box was sound with, for the day when its file is torn
 * or wrong. Written beside the old one, flushed and renamed: there is always a whole one.
 */
public record LastGood(Path file) {
  private static final Logger LOG = LoggerFactory.getLogger(LastGood.class);

  /** The folder that whoever keeps it must be able to write; one that cannot be made is not. */
  public Path makeDirectory() {
    Path directory = directory();
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      LOG.debug("config: {} cannot be made", directory, e); // keep says so
    }
    return directory;
  }

  private Path directory() {
    return Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
  }

  /**
   * Reads it; empty if there is none yet.
   *
   * @param place the file that it is the copy of, at whose folder relative paths start
   * @throws ConfigException if there is one, and it cannot be used
   */
  public Optional<BoxConfig> read(Path place, Optional<Path> store) throws ConfigException {
    return Files.exists(file)
        ? Optional.of(KobakoToml.read(KobakoToml.text(file), place, file, store))
        : Optional.empty();
  }

  /** Keeps a configuration. A disk that takes none leaves the old one, and costs a log line. */
  public void keep(String text) {
    if (says(text)) {
      return;
    }
    try {
      write(text);
    } catch (IOException e) {
      LOG.warn("config: cannot keep a good one in {}: {}; goes on without", file, e.getMessage());
    }
  }

  /** Whether it is the same already. */
  public boolean says(String text) {
    try {
      return Files.exists(file) && KobakoToml.text(file).equals(text);
    } catch (ConfigException damaged) {
      return false;
    }
  }

  private void write(String text) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(next);
    try (FileChannel channel =
        FileChannel.open(next, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.deleteIfExists(next);
      throw e;
    }
    try (FileChannel directory = FileChannel.open(directory())) {
      directory.force(true);
    }
  }
}
