package org.kobako.appliance.life;

import java.time.Duration;
import java.util.StringJoiner;
import org.kobako.block.client.cli.Json;
import org.kobako.block.client.cli.Units;
import org.kobako.block.format.StorePath;
import org.kobako.packer.GcReport;
import org.kobako.packer.KeptVersion;

/** What a collector did, for people and for scripts. */
public final class GcText {
  private GcText() {}

  /** A line, and one for each version that stays for the sake of machines. */
  public static String text(GcReport report) {
    StringJoiner lines = new StringJoiner("\n");
    lines.add(
        "%s %d versions and %d blocks (%s); %s %d versions and %d blocks"
            .formatted(
                report.dryRun() ? "would remove" : "removed",
                report.removedVersions().size(),
                report.removedBlocks(),
                Units.roundSize(report.removedBytes()),
                report.dryRun() ? "would keep" : "kept",
                report.keptVersions(),
                report.keptBlocks()));
    for (KeptVersion kept : report.keptBesides()) {
      lines.add(
          "%s %s version %d: %s"
              .formatted(
                  report.dryRun() ? "would keep" : "kept",
                  kept.index().image(),
                  kept.index().version(),
                  why(kept)));
    }
    return lines.toString();
  }

  private static String why(KeptVersion kept) {
    return switch (kept) {
      case KeptVersion.InUse use when use.machines() == 1 ->
          "a machine asked for it %s ago".formatted(coarse(use.ago()));
      case KeptVersion.InUse use ->
          "%d machines read it, the last asked %s ago".formatted(use.machines(), coarse(use.ago()));
      case KeptVersion.CurrentLately lately ->
          lately.ago().isNegative()
              ? "the clock was put back since it was current"
              : "it was current until %s ago".formatted(coarse(lately.ago()));
    };
  }

  /** In its largest unit: {@code 3h}. */
  static String coarse(Duration duration) {
    if (duration.toMinutes() == 0) {
      return duration.toSeconds() + "s";
    }
    return duration.toHours() == 0 ? duration.toMinutes() + "m" : duration.toHours() + "h";
  }

  /** The same as JSON, in a line. */
  public static String json(GcReport report) {
    Json json =
        new Json()
            .beginObject()
            .name("dry-run")
            .value(report.dryRun())
            .name("removed")
            .beginArray();
    for (StorePath.Index removed : report.removedVersions()) {
      json.value(removed.relative());
    }
    json.endArray().name("kept").beginArray();
    for (KeptVersion kept : report.keptBesides()) {
      json.beginObject().name("index").value(kept.index().relative());
      switch (kept) {
        case KeptVersion.InUse use ->
            json.name("machines")
                .value(use.machines())
                .name("seconds")
                .value(use.ago().toSeconds());
        case KeptVersion.CurrentLately lately ->
            json.name("machines").value(0).name("seconds").value(lately.ago().toSeconds());
      }
      json.endObject();
    }
    return json.endArray()
        .name("removed-blocks")
        .value(report.removedBlocks())
        .name("removed-bytes")
        .value(report.removedBytes())
        .name("kept-versions")
        .value(report.keptVersions())
        .name("kept-blocks")
        .value(report.keptBlocks())
        .endObject()
        .toString();
  }
}
