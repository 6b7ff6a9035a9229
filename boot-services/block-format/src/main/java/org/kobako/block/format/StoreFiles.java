package org.kobako.block.format;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a server finds the files of a store: in its directory, in a cache, or in one behind the
 * other. Used by many threads, the selectors' among them.
 */
@FunctionalInterface
public interface StoreFiles {
  /**
   * Opens a file; empty if there is none of that name.
   *
   * @throws IOException if it is there and cannot be opened
   */
  Optional<JailedFile> open(StorePath path) throws IOException;

  /**
   * Those of a directory.
   *
   * @param store need not be there; then there are no files
   */
  static StoreFiles in(Path store) {
    FileJail jail = new FileJail(store);
    return path -> {
      try {
        return Optional.of(jail.open(path.relative()));
      } catch (NoSuchFileException missing) {
        return Optional.empty();
      }
    };
  }

  /** These first, then those. */
  default StoreFiles orElse(StoreFiles next) {
    return path -> {
      Optional<JailedFile> mine = open(path);
      return mine.isPresent() ? mine : next.open(path);
    };
  }
}
