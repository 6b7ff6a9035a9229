package org.kobako.boot.plan;

import java.io.IOException;
import java.util.Optional;

/** Where boot files come from: a folder, or made for the machine that asks. */
public interface BootFiles {
  /** None at all. */
  BootFiles NONE = name -> Optional.empty();

  /**
   * Opens a file; empty if there is none of that name.
   *
   * @throws IOException if there is one and it cannot be opened
   */
  Optional<BootFile> open(BootFileName name) throws IOException;

  /** These first, then those. */
  default BootFiles orElse(BootFiles next) {
    return name -> {
      Optional<BootFile> mine = open(name);
      return mine.isPresent() ? mine : next.open(name);
    };
  }
}
