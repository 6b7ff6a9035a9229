package org.kobako.appliance.status;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a box was configured by.
 *
 * @param file the one that is meant to be used
 * @param used the one that is
 * @param refused why those before it are not, a sentence each
 */
public record ConfigStatus(Optional<Path> file, Source used, List<String> refused) {
  /** Where a configuration comes from, the best first. */
  public enum Source {
    FILE,
    /** The copy of the last one that the box was sound with. */
    LAST_GOOD,
    /** No file: the command line, and what is usual. */
    DEFAULTS;

    /** For programs: {@code last-good}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** No file was named. */
  public static final ConfigStatus COMMAND_LINE =
      new ConfigStatus(Optional.empty(), Source.DEFAULTS, List.of());
}
