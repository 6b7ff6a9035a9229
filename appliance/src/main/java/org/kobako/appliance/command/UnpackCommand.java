package org.kobako.appliance.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.kobako.block.client.AttachConfig;
import org.kobako.block.client.AttachedImage;
import org.kobako.block.client.cli.Arguments;
import org.kobako.block.client.cli.Command;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.block.client.cli.Operand;
import org.kobako.block.client.cli.Option;
import org.kobako.block.client.cli.ProgressLine;
import org.kobako.block.client.cli.Syntax;
import org.kobako.block.client.cli.Terminal;
import org.kobako.block.client.cli.Units;
import org.kobako.block.client.cli.UsageException;
import org.kobako.block.client.cli.Values;
import org.kobako.block.client.fetch.UpstreamUrl;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.BlockSource;
import org.kobako.block.format.ImageName;
import org.kobako.packer.ImageUnpacker;
import org.kobako.packer.StoreDirectory;
import org.kobako.packer.UnpackReport;

/** {@code kobako unpack STORE-OR-URL NAME OUT}. */
public final class UnpackCommand implements Command {
  private static final Operand<String> FROM =
      new Operand<>(
          "STORE-OR-URL",
          UnpackCommand::readFrom,
          "the store's directory, or http://HOST[:PORT] of a box, several with commas between");
  private static final Operand<ImageName> NAME =
      new Operand<>("NAME", StoreOptions.imageName(), "the image");
  private static final Operand<Path> OUT =
      new Operand<>(
          "OUT", Values.path(), "file or block device; a file is replaced when all is well");
  private static final Option<Integer> VERSION =
      Option.optional(
          "version",
          "N",
          Values.integer(1, Integer.MAX_VALUE),
          "this version; the current one if left out");

  @Override
  public Syntax syntax() {
    return Syntax.of("unpack", "write an image's plain bytes to a file or block device")
        .operands(FROM, NAME, OUT)
        .options(VERSION, StoreOptions.TRUST)
        .example("unpack store debian debian.img", "writes the disk that was packed")
        .example("unpack http://box1:8080,http://box2:8080 debian /dev/sdx", "onto a real disk");
  }

  @Override
  public void run(Arguments arguments, Terminal terminal)
      throws IOException, CommandFailedException {
    String from = arguments.get(FROM);
    if (from.startsWith("http:")) {
      unpackFromUpstreams(from, arguments, terminal);
    } else {
      unpackFromDirectory(Path.of(from), arguments, terminal);
    }
  }

  private static void unpackFromDirectory(Path root, Arguments arguments, Terminal terminal)
      throws IOException, CommandFailedException {
    try (StoreDirectory store = StoreDirectory.open(root)) {
      ImageName image = arguments.get(NAME);
      BlockIndex index =
          store.readIndex(image, version(arguments, store, image), StoreOptions.trust(arguments));
      unpack(store, index, arguments, terminal);
    }
  }

  /** As a machine would read it: the newest sound version of all upstreams, block by block. */
  private static void unpackFromUpstreams(String urls, Arguments arguments, Terminal terminal)
      throws IOException {
    List<UpstreamUrl> upstreams = new ArrayList<>();
    for (String url : urls.split(",", -1)) {
      upstreams.add(UpstreamUrl.parse(url));
    }
    AttachConfig config =
        AttachConfig.of(arguments.get(NAME), upstreams)
            .withTrust(StoreOptions.trustKey(arguments).orElse(null));
    if (arguments.find(VERSION).isPresent()) {
      config = config.withVersion(arguments.find(VERSION).get());
    }
    try (AttachedImage attached = AttachedImage.open(config)) {
      unpack(attached.upstreams(), attached.index(), arguments, terminal);
    }
  }

  private static void unpack(
      BlockSource source, BlockIndex index, Arguments arguments, Terminal terminal)
      throws IOException {
    UnpackReport report;
    try (ProgressLine line = terminal.progress()) {
      report = ImageUnpacker.unpack(source, index, arguments.get(OUT), line::step);
    }
    terminal
        .out()
        .printf(
            "%s version %d is in %s: %s, %.1f s%n",
            index.image(),
            index.version(),
            arguments.get(OUT),
            Units.roundSize(report.plainBytes()),
            report.duration().toMillis() / 1000.0);
  }

  private static long version(Arguments arguments, StoreDirectory store, ImageName image)
      throws IOException, CommandFailedException {
    if (arguments.find(VERSION).isPresent()) {
      return arguments.find(VERSION).get();
    }
    OptionalLong current = store.currentVersion(image);
    if (current.isEmpty()) {
      throw new CommandFailedException(
          "store %s has no image %s: kobako list %s shows those it has"
              .formatted(store.root(), image, store.root()));
    }
    return current.getAsLong();
  }

  private static String readFrom(String text) throws UsageException {
    if (text.startsWith("http:")) {
      for (String url : text.split(",", -1)) {
        try {
          UpstreamUrl.parse(url);
        } catch (IllegalArgumentException e) {
          throw new UsageException("is refused: " + e.getMessage());
        }
      }
    }
    return Values.text().read(text);
  }
}
