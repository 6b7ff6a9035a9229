package org.kobako.appliance.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.kobako.appliance.bench.failover.FailoverReport;
import org.kobako.appliance.bench.failover.FailoverSuite;
import org.kobako.appliance.bench.failover.Fault;
import org.kobako.appliance.bench.failover.FaultResult;
import org.kobako.appliance.bench.lab.Network;
import org.kobako.appliance.bench.proxy.ProxySuite;
import org.kobako.appliance.bench.storm.StormReport;
import org.kobako.appliance.bench.storm.StormSuite;
import org.kobako.appliance.bench.storm.Storms;
import org.kobako.appliance.demo.ScratchDirectory;
import org.kobako.block.client.cli.Arguments;
import org.kobako.block.client.cli.Command;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.block.client.cli.Json;
import org.kobako.block.client.cli.Operand;
import org.kobako.block.client.cli.Option;
import org.kobako.block.client.cli.ProgressLine;
import org.kobako.block.client.cli.Stop;
import org.kobako.block.client.cli.Syntax;
import org.kobako.block.client.cli.Terminal;
import org.kobako.block.client.cli.UsageException;
import org.kobako.block.client.cli.Values;

/** {@code kobako bench SUITE}: figures that are measured here and now. */
public final class BenchCommand implements Command {
  private enum Suite {
    READ,
    FAILOVER,
    STORM,
    PROXY;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int DEFAULT_RUNS = 20;

  private static final Operand<Suite> SUITE =
      new Operand<>(
          "SUITE",
          Values.oneOf(List.of(Suite.values()), Suite::word),
          "read: packing, allocations of the read path, reads through FUSE, against the programs"
              + " that a user would take instead; failover: how long readers wait when one of two"
              + " boxes fails, in each of the ways that boxes fail (as root, a quarter of an hour);"
              + " storm: how long the last of many machines boots that are switched on at once, and"
              + " a model that predicts larger rooms (as root, some minutes); proxy: what a box costs"
              + " and spares as a cache of another store, beside nginx and squid (two minutes)");
  private static final Option<Integer> RUNS =
      Option.optional(
          "runs",
          "N",
          Values.integer(1, 1000),
          "failover: how often each fault is played (default: "
              + DEFAULT_RUNS
              + "); proxy: how often each cache has its turn (default: "
              + ProxySuite.DEFAULT_ROUNDS
              + ")");
  private static final List<Fault> FAULTS = List.of(Fault.values());
  private static final Option<Fault> FAULT =
      Option.optional(
          "fault",
          "FAULT",
          Values.oneOf(FAULTS, Fault::word),
          "failover: the only one to play: " + String.join(", ", words(FAULTS)));
  private static final Option<List<Integer>> MACHINES =
      Option.optional(
          "machines",
          "N[,N...]",
          Values.integers(1, 1000),
          "storm: how many machines (default: 1,4,16)");
  private static final Option<List<Integer>> BOXES =
      Option.optional(
          "boxes", "N[,N...]", Values.integers(1, 16), "storm: how many boxes (default: 1,4)");
  private static final Option<Integer> MACHINE_SPEED =
      Option.optional(
          "machine-speed",
          "N",
          Values.integer(1, 1000),
          "storm: how many times faster machines think than the emulated one whose boot they play"
              + " (default: "
              + StormSuite.MACHINE_SPEED
              + ")");
  private static final Option<Boolean> JSON =
      Option.flag("json", "print the rows as JSON, when all are measured");
  private static final Option<Path> OUT =
      Option.optional(
          "out",
          "DIR",
          Values.path(),
          "also write the rows to DIR/SUITE.json; of failover and storm pictures, too, and a page with"
              + " both");

  @Override
  public Syntax syntax() {
    return Syntax.of("bench", "measure how fast Kobako is, and how long it stalls")
        .operands(SUITE)
        .options(RUNS, FAULT, MACHINES, BOXES, MACHINE_SPEED, JSON, OUT)
        .example("bench read --json", "rows of name, ours, peer, ratio, unit")
        .example(
            "bench failover --runs 3 --out report",
            "a first impression: report/failover.md, two minutes")
        .example("bench storm --out report", "rooms of up to 16 machines: report/storm.md");
  }

  @Override
  public void run(Arguments arguments, Terminal terminal)
      throws UsageException, CommandFailedException, IOException, InterruptedException {
    Suite suite = arguments.get(SUITE);
    boolean playsRuns = suite == Suite.FAILOVER || suite == Suite.PROXY;
    requireOnly(arguments, playsRuns, List.of(RUNS), "failover and proxy");
    requireOnly(arguments, suite == Suite.FAILOVER, List.of(FAULT), "failover");
    requireOnly(arguments, suite == Suite.STORM, List.of(MACHINES, BOXES, MACHINE_SPEED), "storm");
    switch (suite) {
      case READ -> read(arguments, terminal);
      case FAILOVER -> failover(arguments, terminal);
      case STORM -> storm(arguments, terminal);
      case PROXY -> proxy(arguments, terminal);
    }
  }

  private static void requireOnly(
      Arguments arguments, boolean allowed, List<Option<?>> options, String suite)
      throws UsageException {
    for (Option<?> option : options) {
      if (!allowed && arguments.find(option).isPresent()) {
        throw new UsageException("--" + option.name() + " is for " + suite);
      }
    }
  }

  /** A suite of rows that come one by one. */
  private interface Rows {
    void measure(Path scratch, Consumer<String> progress, Consumer<BenchRow> rows)
        throws IOException, InterruptedException, CommandFailedException;
  }

  private static void read(Arguments arguments, Terminal terminal)
      throws CommandFailedException, IOException, InterruptedException {
    rows(arguments, terminal, (scratch, progress, rows) -> ReadSuite.run(scratch, rows));
  }

  private static void proxy(Arguments arguments, Terminal terminal)
      throws CommandFailedException, IOException, InterruptedException {
    interruptAtStop(terminal);
    int rounds = arguments.find(RUNS).orElse(ProxySuite.DEFAULT_ROUNDS);
    rows(
        arguments,
        terminal,
        (scratch, progress, rows) -> ProxySuite.run(scratch, rounds, progress, rows));
  }

  private static void rows(Arguments arguments, Terminal terminal, Rows suite)
      throws CommandFailedException, IOException, InterruptedException {
    boolean asJson = arguments.get(JSON);
    List<BenchRow> rows = new ArrayList<>();
    if (!asJson) {
      terminal.out().println(BenchRow.heading());
    }
    try (ScratchDirectory scratch = ScratchDirectory.create("kobako-bench-");
        ProgressLine progress = terminal.progress()) {
      suite.measure(
          scratch.path(),
          step -> progress.step(step, 0, 0),
          row -> {
            rows.add(row);
            if (!asJson) {
              progress.close();
              terminal.out().println(row.line());
            }
          });
    }
    String json = json(rows);
    if (asJson) {
      terminal.out().println(json);
    }
    Optional<Path> out = arguments.find(OUT);
    if (out.isPresent()) {
      Files.createDirectories(out.get());
      Files.writeString(out.get().resolve(arguments.get(SUITE).word() + ".json"), json + "\n");
    }
  }

  private static void storm(Arguments arguments, Terminal terminal)
      throws CommandFailedException, IOException, InterruptedException {
    Network.requireRoot("storm");
    interruptAtStop(terminal);
    Storms storms;
    try (ScratchDirectory scratch = ScratchDirectory.create("kobako-bench-");
        ProgressLine progress = terminal.progress()) {
      storms =
          StormSuite.run(
              scratch.path(),
              arguments.find(MACHINES).orElse(StormSuite.MACHINES),
              arguments.find(BOXES).orElse(StormSuite.BOXES),
              arguments.find(MACHINE_SPEED).orElse(StormSuite.MACHINE_SPEED),
              step -> progress.step(step, 0, 0));
    }
    if (arguments.get(JSON)) {
      terminal.out().println(StormReport.json(storms));
    } else {
      terminal.out().println(BenchRow.heading());
      storms.rows().forEach(row -> terminal.out().println(row.line()));
    }
    Optional<Path> out = arguments.find(OUT);
    if (out.isPresent()) {
      StormReport.write(out.get(), storms);
    }
  }

  private static void failover(Arguments arguments, Terminal terminal)
      throws CommandFailedException, IOException, InterruptedException {
    Network.requireRoot("failover");
    boolean asJson = arguments.get(JSON);
    if (!asJson) {
      terminal.out().println(FaultResult.heading());
    }
    interruptAtStop(terminal);
    List<FaultResult> results;
    try (ScratchDirectory scratch = ScratchDirectory.create("kobako-bench-");
        ProgressLine progress = terminal.progress()) {
      List<Fault> faults = arguments.find(FAULT).map(List::of).orElse(FAULTS);
      int runs = arguments.find(RUNS).orElse(DEFAULT_RUNS);
      results =
          new FailoverSuite(scratch.path(), faults, runs, step -> progress.step(step, 0, 0))
              .run(result -> {
                if (!asJson) {
                  progress.close();
                  terminal.out().println(result.line());
                }
              });
    }
    if (asJson) {
      terminal.out().println(FailoverReport.json(results));
    }
    Optional<Path> out = arguments.find(OUT);
    if (out.isPresent()) {
      FailoverReport.write(out.get(), results);
    }
  }

  /** Ctrl-C ends a suite as an error would: namespaces and mounts go. */
  private static void interruptAtStop(Terminal terminal) {
    Thread suite = Thread.currentThread();
    Stop stop = terminal.catchStop();
    Thread.ofPlatform()
        .name("bench-stop")
        .daemon()
        .start(() -> {
          try {
            stop.await();
            suite.interrupt();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private static List<String> words(List<Fault> faults) {
    return faults.stream().map(Fault::word).toList();
  }

  private static String json(List<BenchRow> rows) {
    Json json = new Json().beginArray();
    for (BenchRow row : rows) {
      row.writeTo(json);
    }
    return json.endArray().toString();
  }
}
