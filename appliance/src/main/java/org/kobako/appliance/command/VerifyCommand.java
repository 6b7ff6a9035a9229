package org.kobako.appliance.command;

import java.io.IOException;
import org.kobako.block.client.cli.Arguments;
import org.kobako.block.client.cli.Command;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.block.client.cli.Json;
import org.kobako.block.client.cli.ProgressLine;
import org.kobako.block.client.cli.Syntax;
import org.kobako.block.client.cli.Terminal;
import org.kobako.block.client.cli.Units;
import org.kobako.packer.StoreDirectory;
import org.kobako.packer.StoreVerifier;
import org.kobako.packer.VerifyReport;

/** {@code kobako verify STORE}. */
public final class VerifyCommand implements Command {
  @Override
  public Syntax syntax() {
    return Syntax.of(
            "verify", "read a store's indexes and blocks, and report what is damaged or missing")
        .operands(StoreOptions.STORE)
        .options(StoreOptions.TRUST, StoreOptions.JSON)
        .example(
            "verify store --trust keys/kobako.pub", "fails if one bit is not as it was signed");
  }

  @Override
  public void run(Arguments arguments, Terminal terminal)
      throws IOException, CommandFailedException {
    StoreDirectory store = StoreDirectory.open(arguments.get(StoreOptions.STORE));
    VerifyReport report;
    try (ProgressLine line = terminal.progress()) {
      report = StoreVerifier.verify(store, StoreOptions.trust(arguments), line::step);
    }
    if (arguments.get(StoreOptions.JSON)) {
      terminal.out().println(json(report));
    } else {
      report.problems().forEach(terminal.out()::println);
      terminal.out().println(text(report));
    }
    if (!report.isSound()) {
      throw new CommandFailedException(
          "store %s has %d problems: pack the images again, or copy the blocks from another store"
              .formatted(store.root(), report.problemCount()));
    }
  }

  private static String text(VerifyReport report) {
    return "%d images, %d versions, %d blocks (%s), %d blocks that no version names, %.1f s"
        .formatted(
            report.images(),
            report.indexes(),
            report.blocks(),
            Units.roundSize(report.storedBytes()),
            report.orphans(),
            report.duration().toMillis() / 1000.0);
  }

  private static String json(VerifyReport report) {
    Json json =
        new Json()
            .beginObject()
            .name("images")
            .value(report.images())
            .name("versions")
            .value(report.indexes())
            .name("blocks")
            .value(report.blocks())
            .name("stored-bytes")
            .value(report.storedBytes())
            .name("orphans")
            .value(report.orphans())
            .name("problem-count")
            .value(report.problemCount())
            .name("problems")
            .beginArray();
    report.problems().forEach(json::value);
    return json.endArray().endObject().toString();
  }
}
