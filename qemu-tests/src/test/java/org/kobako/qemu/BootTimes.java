package org.kobako.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;

/** When each boot came how far; a table at the end of the run. */
final class BootTimes {
  private static final String HEAD = "seconds to     firmware  kernel   login";

  private final Map<String, String> rows = new ConcurrentSkipListMap<>();

  /**
   * Notes a boot that came to its login prompt.
   *
   * @param logs of the boot; the row is left there, too
   */
  void add(String boot, SerialConsole console, Path logs) throws IOException {
    String row =
        "%-14s %8s %7s %7s"
            .formatted(
                boot,
                seconds(console, "."),
                seconds(console, "Linux version "),
                seconds(console, " login: "));
    rows.put(boot, row);
    Files.writeString(logs.resolve("times"), HEAD + "\n" + row + "\n");
  }

  private static String seconds(SerialConsole console, String said) {
    return console.firstSaid(said).map(BootTimes::seconds).orElse("-");
  }

  private static String seconds(Duration time) {
    return "%.1f".formatted(time.toMillis() / 1000.0);
  }

  /** All boots of the run. */
  @Override
  public String toString() {
    return rows.values().stream().collect(Collectors.joining("\n", HEAD + "\n", "\n"));
  }
}
