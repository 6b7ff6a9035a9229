package org.kobako.appliance.command;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kobako.appliance.life.GcText;
import org.kobako.appliance.life.MachineLines;
import org.kobako.block.client.cli.Arguments;
import org.kobako.block.client.cli.Command;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.block.client.cli.Option;
import org.kobako.block.client.cli.ProgressLine;
import org.kobako.block.client.cli.Syntax;
import org.kobako.block.client.cli.Terminal;
import org.kobako.block.client.cli.UsageException;
import org.kobako.block.client.cli.Values;
import org.kobako.block.client.fetch.UpstreamUrl;
import org.kobako.packer.GcReport;
import org.kobako.packer.Retention;
import org.kobako.packer.StoreCollector;
import org.kobako.packer.StoreDirectory;

/** {@code kobako gc STORE}, a directory or a box. */
public final class GcCommand implements Command {
  private static final Duration ANSWER = Duration.ofSeconds(10);

  /** A card with a million blocks is slow. */
  private static final Duration WORK = Duration.ofMinutes(30);

  private static final Duration MAX_GRACE = Duration.ofDays(365);

  private static final Option<Integer> KEEP =
      Option.withDefault(
          "keep",
          "N",
          Values.integer(1, Integer.MAX_VALUE),
          "2",
          "newest versions to keep of each image; the current one is always kept");
  private static final Option<Duration> GRACE =
      Option.withDefault(
          "grace",
          "TIME",
          Values.duration(Duration.ZERO, MAX_GRACE),
          "24h",
          "keep as well what was current, or what a machine asked for, so lately");
  private static final Option<List<UpstreamUrl>> BOX =
      Option.optional(
          "box",
          "URL[,URL...]",
          GcCommand::urls,
          "the boxes that serve this directory, which know what machines read; if one cannot be"
              + " asked, nothing is removed");
  private static final Option<Boolean> DRY_RUN =
      Option.flag("dry-run", "say what would go, and remove nothing");

  @Override
  public Syntax syntax() {
    return Syntax.of("gc", "remove old versions, and blocks that no kept version names")
        .operands(StorePlace.OPERAND)
        .options(
            KEEP,
            GRACE,
            BOX,
            DRY_RUN,
            SecretOptions.SECRET,
            SecretOptions.SECRET_FILE,
            StoreOptions.JSON)
        .example("gc store --keep 3 --dry-run", "what three versions of each image would leave")
        .example(
            "gc store --box http://192.168.7.1/", "leaves what machines of this box read as well")
        .example(
            "gc http://192.168.7.1/ --secret-file secret",
            "a box does it itself, and leaves what its machines read");
  }

  @Override
  public void run(Arguments arguments, Terminal terminal)
      throws IOException, CommandFailedException, UsageException {
    switch (arguments.get(StorePlace.OPERAND)) {
      case StorePlace.Directory directory -> collect(directory.path(), arguments, terminal);
      case StorePlace.OfBox box -> ask(box.url(), arguments, terminal);
    }
  }

  private static void collect(Path path, Arguments arguments, Terminal terminal)
      throws IOException, CommandFailedException {
    StoreDirectory store = StoreDirectory.open(path);
    Duration grace = arguments.get(GRACE);
    List<Retention.InUse> inUse = new ArrayList<>();
    for (UpstreamUrl box : arguments.find(BOX).orElse(List.of())) {
      inUse.addAll(inUse(box, grace));
    }
    Retention retention = new Retention(arguments.get(KEEP), grace, inUse);
    GcReport report;
    try (ProgressLine line = terminal.progress()) {
      report =
          arguments.get(DRY_RUN)
              ? StoreCollector.dryRun(store, retention, line::step)
              : StoreCollector.gc(store, retention, line::step);
    }
    terminal
        .out()
        .println(arguments.get(StoreOptions.JSON) ? GcText.json(report) : GcText.text(report));
  }

  private static List<Retention.InUse> inUse(UpstreamUrl box, Duration grace)
      throws CommandFailedException {
    String text = BoxAnswers.of(box, Optional.empty(), ANSWER, "GET", "machines");
    MachineLines machines =
        MachineLines.parse(text)
            .orElseThrow(() ->
                new CommandFailedException(
                    box + " does not tell which versions machines read: is it a box?"));
    Optional<String> tooEarly = machines.whyTooEarly(grace);
    if (tooEarly.isPresent()) {
      throw new CommandFailedException(box + " " + tooEarly.get());
    }
    return machines.inUse();
  }

  private static void ask(UpstreamUrl box, Arguments arguments, Terminal terminal)
      throws IOException, CommandFailedException, UsageException {
    if (arguments.find(BOX).isPresent()) {
      throw new UsageException("--box is for a directory: a box knows what its machines read");
    }
    String path =
        "gc?keep=%d&grace-seconds=%d%s%s"
            .formatted(
                arguments.get(KEEP),
                arguments.get(GRACE).plusMillis(999).toSeconds(),
                arguments.get(DRY_RUN) ? "&dry-run=yes" : "",
                arguments.get(StoreOptions.JSON) ? "&json=yes" : "");
    Optional<String> secret = Optional.of(SecretOptions.secret(arguments));
    terminal.out().print(BoxAnswers.of(box, secret, WORK, "POST", path));
  }

  private static List<UpstreamUrl> urls(String text) throws UsageException {
    List<UpstreamUrl> urls = new ArrayList<>();
    for (String url : text.split(",", -1)) {
      urls.add(BoxUrl.value().read(url));
    }
    return urls;
  }
}
