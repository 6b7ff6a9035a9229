package org.kobako.appliance.bench.failover;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.kobako.block.client.cli.Json;

/** What a run of the suite leaves behind: rows as JSON, a picture, and a page with both. */
public final class FailoverReport {
  private FailoverReport() {}

  public static String json(List<FaultResult> results) {
    Json json = new Json().beginArray();
    results.forEach(result -> result.writeTo(json));
    return json.endArray().toString();
  }

  /** Writes {@code failover.json}, {@code failover.svg} and {@code failover.md}. */
  public static void write(Path directory, List<FaultResult> results) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("failover.json"), json(results) + "\n");
    Files.writeString(directory.resolve("failover.svg"), TrafficPicture.of(results));
    Files.writeString(directory.resolve("failover.md"), page(results));
  }

  private static String page(List<FaultResult> results) {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Failover

        Two boxes, each with a store and a link of 100 Mbit/s of its own, and a machine that has
        attached an image from both by FUSE and reads it without a pause, past its page cache:
        128 KiB after 128 KiB, and beside that 4 KiB and 16 KiB anywhere. Every byte is compared.
        The boxes fail by turns, each time while the one that fails is serving, for 4 s.

        - stall: the longest time that one read took, from the fault until the box serves again;
          beside it the same until the box is about to be restored
        - fail-back: from when the box is restored until it has sent a tenth of the bytes of half
          a second, that half second included
        - sound: the longest read of the second before the fault

        The most and the median of all runs, in milliseconds:

        | fault | runs | stall | until restored | fail-back | sound | I/O errors | reads with wrong bytes |
        |---|---|---|---|---|---|---|---|
        """);
    for (FaultResult result : results) {
      page.append(
          "| `%s` | %d | %d, %d | %d, %d | %d, %d | %d, %d | %d | %d |%n"
              .formatted(
                  result.word(),
                  result.plays().size(),
                  result.maxStallMs(),
                  result.medianStallMs(),
                  result.maxFailingMs(),
                  result.medianFailingMs(),
                  result.maxFailbackMs(),
                  result.medianFailbackMs(),
                  result.maxSoundMs(),
                  result.medianSoundMs(),
                  result.ioErrors(),
                  result.wrongBytes()));
    }
    page.append('\n');
    results.forEach(
        result -> page.append("- `%s`: %s%n".formatted(result.word(), result.fault().what())));
    page.append(
        """

        All of it ran on one machine with %d cores, Linux %s. Bytes in a tenth of a second:

        ![Throughput over time](failover.svg)
        """
            .formatted(
                Runtime.getRuntime().availableProcessors(), System.getProperty("os.version")));
    return page.toString();
  }
}
