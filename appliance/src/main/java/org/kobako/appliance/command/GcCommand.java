package org.kobako.appliance.command;

import java.io.IOException;
import org.kobako.block.client.cli.Arguments;
import org.kobako.block.client.cli.Command;
import org.kobako.block.client.cli.Json;
import org.kobako.block.client.cli.Option;
import org.kobako.block.client.cli.ProgressLine;
import org.kobako.block.client.cli.Syntax;
import org.kobako.block.client.cli.Terminal;
import org.kobako.block.client.cli.Units;
import org.kobako.block.client.cli.Values;
import org.kobako.block.format.StorePath;
import org.kobako.packer.GcReport;
import org.kobako.packer.StoreCollector;
import org.kobako.packer.StoreDirectory;

/** {@code kobako gc STORE}. */
public final class GcCommand implements Command {
  private static final Option<Integer> KEEP =
      Option.withDefault(
          "keep",
          "N",
          Values.integer(1, Integer.MAX_VALUE),
          "2",
          "newest versions to keep of each image, for machines that still run an older one; the"
              + " current one is always kept");
  private static final Option<Boolean> DRY_RUN =
      Option.flag("dry-run", "say what would go, and remove nothing");

  @Override
  public Syntax syntax() {
    return Syntax.of("gc", "remove old versions, and blocks that no kept version names")
        .operands(StoreOptions.STORE)
        .options(KEEP, DRY_RUN, StoreOptions.JSON)
        .example("gc store --keep 3 --dry-run", "what three versions of each image would leave");
  }

  @Override
  public void run(Arguments arguments, Terminal terminal) throws IOException {
    StoreDirectory store = StoreDirectory.open(arguments.get(StoreOptions.STORE));
    int keep = arguments.get(KEEP);
    GcReport report;
    try (ProgressLine line = terminal.progress()) {
      report =
          arguments.get(DRY_RUN)
              ? StoreCollector.dryRun(store, keep, line::step)
              : StoreCollector.gc(store, keep, line::step);
    }
    terminal.out().println(arguments.get(StoreOptions.JSON) ? json(report) : text(report));
  }

  private static String text(GcReport report) {
    return "%s %d versions and %d blocks (%s); %s %d versions and %d blocks"
        .formatted(
            report.dryRun() ? "would remove" : "removed",
            report.removedVersions().size(),
            report.removedBlocks(),
            Units.roundSize(report.removedBytes()),
            report.dryRun() ? "would keep" : "kept",
            report.keptVersions(),
            report.keptBlocks());
  }

  private static String json(GcReport report) {
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
