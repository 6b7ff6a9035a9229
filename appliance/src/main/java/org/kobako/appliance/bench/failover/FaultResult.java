package org.kobako.appliance.bench.failover;

import java.util.List;
import java.util.function.ToLongFunction;
import org.kobako.block.client.cli.Json;

/**
 * What a fault did to the readers, each time that it was played.
 *
 * @param traffic of the whole time, pauses between plays included
 * @param ioErrors reads that failed in that time
 * @param wrongBytes reads that had a wrong byte in that time
 */
public record FaultResult(
    Fault fault, List<Play> plays, List<Traffic.Sample> traffic, int ioErrors, int wrongBytes) {

  /**
   * A fault, once. Times are those of {@link System#nanoTime}.
   *
   * @param box ordinal of the one that it struck, from 0
   * @param soundNs the longest read of the second before
   * @param failingNs the longest read from the fault until the box is about to be restored
   * @param stallNs the longest read from the fault until the box served again
   * @param failbackNs from when the box was restored until it served again
   */
  record Play(
      int box,
      long struckNs,
      long restoredNs,
      long soundNs,
      long failingNs,
      long stallNs,
      long failbackNs) {}

  private static final long MS = 1_000_000;

  String word() {
    return fault.word();
  }

  long maxStallMs() {
    return sorted(Play::stallNs).getLast();
  }

  long medianStallMs() {
    return median(Play::stallNs);
  }

  long maxFailbackMs() {
    return sorted(Play::failbackNs).getLast();
  }

  long medianFailbackMs() {
    return median(Play::failbackNs);
  }

  long maxFailingMs() {
    return sorted(Play::failingNs).getLast();
  }

  long medianFailingMs() {
    return median(Play::failingNs);
  }

  long medianSoundMs() {
    return median(Play::soundNs);
  }

  long maxSoundMs() {
    return sorted(Play::soundNs).getLast();
  }

  private List<Long> sorted(ToLongFunction<Play> measureNs) {
    return plays.stream().map(play -> measureNs.applyAsLong(play) / MS).sorted().toList();
  }

  private long median(ToLongFunction<Play> measureNs) {
    List<Long> sorted = sorted(measureNs);
    return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
  }

  public void writeTo(Json json) {
    json.beginObject().name("fault").value(word()).name("runs").value(plays.size());
    json.name("max_stall_ms").value(maxStallMs());
    json.name("median_stall_ms").value(medianStallMs());
    json.name("failback_ms").value(medianFailbackMs());
    json.name("io_errors").value(ioErrors).name("wrong_bytes").value(wrongBytes).endObject();
  }

  public static String heading() {
    return "%-12s %5s %13s %16s %12s %10s %12s"
        .formatted(
            "fault",
            "runs",
            "max_stall_ms",
            "median_stall_ms",
            "failback_ms",
            "io_errors",
            "wrong_bytes");
  }

  public String line() {
    return "%-12s %5d %13d %16d %12d %10d %12d  %s"
        .formatted(
            word(),
            plays.size(),
            maxStallMs(),
            medianStallMs(),
            medianFailbackMs(),
            ioErrors,
            wrongBytes,
            note());
  }

  /** What stands behind the figures, for people. */
  private String note() {
    return "before it is restored %d, %d ms; fail-back at most %d ms; a sound second %d, %d ms"
        .formatted(
            maxFailingMs(), medianFailingMs(), maxFailbackMs(), maxSoundMs(), medianSoundMs());
  }
}
