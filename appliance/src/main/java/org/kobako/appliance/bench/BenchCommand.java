package org.kobako.appliance.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.kobako.appliance.demo.ScratchDirectory;
import org.kobako.block.client.cli.Arguments;
import org.kobako.block.client.cli.Command;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.block.client.cli.Json;
import org.kobako.block.client.cli.Operand;
import org.kobako.block.client.cli.Option;
import org.kobako.block.client.cli.Syntax;
import org.kobako.block.client.cli.Terminal;
import org.kobako.block.client.cli.Values;

/** {@code kobako bench SUITE}: figures against peers, measured by turns in one run. */
public final class BenchCommand implements Command {
  private static final Operand<String> SUITE =
      new Operand<>(
          "SUITE",
          Values.oneOf(List.of(ReadSuite.NAME), suite -> suite),
          "read: packing, allocations of the read path, reads through FUSE");
  private static final Option<Boolean> JSON =
      Option.flag("json", "print the rows as JSON, when all are measured");
  private static final Option<Path> OUT =
      Option.optional("out", "DIR", Values.path(), "also write the rows to DIR/SUITE.json");

  @Override
  public Syntax syntax() {
    return Syntax.of("bench", "measure against the programs that a user would take instead")
        .operands(SUITE)
        .options(JSON, OUT)
        .example("bench read --json", "rows of name, ours, peer, ratio, unit");
  }

  @Override
  public void run(Arguments arguments, Terminal terminal)
      throws CommandFailedException, IOException, InterruptedException {
    boolean asJson = arguments.get(JSON);
    List<BenchRow> rows = new ArrayList<>();
    if (!asJson) {
      terminal.out().println(BenchRow.heading());
    }
    Consumer<BenchRow> collector =
        row -> {
          rows.add(row);
          if (!asJson) {
            terminal.out().println(row.line());
          }
        };
    try (ScratchDirectory scratch = ScratchDirectory.create("kobako-bench-")) {
      ReadSuite.run(scratch.path(), collector);
    }
    String json = json(rows);
    if (asJson) {
      terminal.out().println(json);
    }
    Optional<Path> out = arguments.find(OUT);
    if (out.isPresent()) {
      Files.createDirectories(out.get());
      Files.writeString(out.get().resolve(arguments.get(SUITE) + ".json"), json + "\n");
    }
  }

  private static String json(List<BenchRow> rows) {
    Json json = new Json().beginArray();
    for (BenchRow row : rows) {
      row.writeTo(json);
    }
    return json.endArray().toString();
  }
}
