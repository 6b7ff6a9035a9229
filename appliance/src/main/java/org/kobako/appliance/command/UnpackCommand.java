package org.kobako.appliance.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.kobako.block.client.cli.Arguments;
import org.kobako.block.client.cli.Command;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.block.client.cli.Operand;
import org.kobako.block.client.cli.Option;
import org.kobako.block.client.cli.ProgressLine;
import org.kobako.block.client.cli.Syntax;
import org.kobako.block.client.cli.Terminal;
import org.kobako.block.client.cli.Units;
import org.kobako.block.client.cli.Values;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.ImageName;
import org.kobako.packer.ImageUnpacker;
import org.kobako.packer.StoreDirectory;
import org.kobako.packer.UnpackReport;

/** {@code kobako unpack STORE NAME OUT}. */
public final class UnpackCommand implements Command {
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
        .operands(StoreOptions.STORE, NAME, OUT)
        .options(VERSION, StoreOptions.TRUST)
        .example("unpack store debian debian.img", "writes the disk that was packed");
  }

  @Override
  public void run(Arguments arguments, Terminal terminal)
      throws IOException, CommandFailedException {
    StoreDirectory store = StoreDirectory.open(arguments.get(StoreOptions.STORE));
    ImageName image = arguments.get(NAME);
    BlockIndex index =
        store.readIndex(image, version(arguments, store, image), StoreOptions.trust(arguments));
    UnpackReport report;
    try (ProgressLine line = terminal.progress()) {
      report = ImageUnpacker.unpack(store, index, arguments.get(OUT), line::step);
    }
    terminal
        .out()
        .printf(
            "%s version %d is in %s: %s, %.1f s%n",
            image,
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
}
