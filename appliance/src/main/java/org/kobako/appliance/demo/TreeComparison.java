package org.kobako.appliance.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.kobako.block.client.cli.CommandFailedException;

/** Compares two trees, file by file and byte by byte. */
final class TreeComparison {
  private TreeComparison() {}

  /**
   * Compares everything below {@code source} with what has the same path below {@code copy}.
   *
   * @return regular files whose bytes were compared
   * @throws CommandFailedException at the first difference, with its path
   */
  static int compare(Path source, Path copy) throws IOException, CommandFailedException {
    int files = 0;
    try (Stream<Path> paths = Files.walk(source)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        Path twin = copy.resolve(source.relativize(path));
        if (!sameKindAndContent(path, twin)) {
          throw new CommandFailedException(twin + " differs from its source " + path);
        }
        files += Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) ? 1 : 0;
      }
    }
    return files;
  }

  private static boolean sameKindAndContent(Path path, Path twin) throws IOException {
    if (Files.isSymbolicLink(path)) {
      return Files.isSymbolicLink(twin)
          && Files.readSymbolicLink(path).equals(Files.readSymbolicLink(twin));
    }
    if (Files.isDirectory(path)) {
      return Files.isDirectory(twin, LinkOption.NOFOLLOW_LINKS);
    }
    return Files.isRegularFile(twin, LinkOption.NOFOLLOW_LINKS) && Files.mismatch(path, twin) < 0;
  }
}
