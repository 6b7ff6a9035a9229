package org.kobako.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where a boot leaves what is to be looked at when it failed: {@code target/boots/NAME}. */
final class Logs {
  static final Path ALL = Path.of("target", "boots").toAbsolutePath();

  private Logs() {}

  /** An empty directory of that name. */
  static Path of(String name) throws IOException {
    return inside(ALL, name);
  }

  /** The same below another one. */
  static Path inside(Path parent, String name) throws IOException {
    Path logs = parent.resolve(name);
    if (Files.exists(logs)) {
      try (Stream<Path> old = Files.walk(logs)) {
        List<Path> deepestFirst = old.sorted(Comparator.reverseOrder()).toList();
        for (Path path : deepestFirst) {
          Files.delete(path);
        }
      }
    }
    return Files.createDirectories(logs);
  }
}
