package org.kobako.appliance.bench;

import org.jspecify.annotations.Nullable;
import org.kobako.block.client.cli.Json;

/**
 * One measured figure.
 *
 * @param peer the same of the peer, null where there is none
 * @param ratio ours by the peer's, the median over rounds by turns; null where there is none
 * @param note what was measured, against whom, for people
 */
public record BenchRow(
    String name,
    double ours,
    @Nullable Double peer,
    @Nullable Double ratio,
    String unit,
    String note) {
  public void writeTo(Json json) {
    json.beginObject().name("name").value(name).name("ours").value(rounded(ours));
    json.name("peer").value(peer == null ? Double.NaN : rounded(peer));
    json.name("ratio").value(ratio == null ? Double.NaN : rounded(ratio));
    json.name("unit").value(unit).name("note").value(note).endObject();
  }

  /** Three decimals: more would be noise. */
  private static double rounded(double value) {
    return Math.round(value * 1000) / 1000.0;
  }

  public String line() {
    return "%-34s %10.2f %10s %7s  %-13s %s"
        .formatted(name, ours, text(peer), text(ratio), unit, note);
  }

  public static String heading() {
    return "%-34s %10s %10s %7s  %-13s %s".formatted("name", "ours", "peer", "ratio", "unit", "");
  }

  private static String text(@Nullable Double value) {
    return value == null ? "-" : "%.2f".formatted(value);
  }
}
