package org.kobako.appliance.command;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kobako.appliance.box.Box;
import org.kobako.appliance.box.BoxConfig;
import org.kobako.appliance.config.LastGood;
import org.kobako.appliance.firmware.Firmware;
import org.kobako.block.client.cli.Arguments;
import org.kobako.block.client.cli.Command;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.block.client.cli.Option;
import org.kobako.block.client.cli.Sentences;
import org.kobako.block.client.cli.Stop;
import org.kobako.block.client.cli.Syntax;
import org.kobako.block.client.cli.Terminal;
import org.kobako.block.client.cli.UsageException;
import org.kobako.block.client.cli.Value;
import org.kobako.block.client.cli.Values;
import org.kobako.packer.StoreDirectory;

/** {@code kobako serve}: a box, until Ctrl-C or SIGTERM. */
public final class ServeCommand implements Command {
  /** Where people look for a box that they flashed. */
  private static final int FIRMWARE_HTTP_PORT = 80;

  private static final Option<Path> CONFIG =
      Option.optional(
          "config", "FILE", Values.path(), "kobako.toml, with all that a box can be told");
  private static final Option<Path> LAST_GOOD =
      Option.optional(
          "last-good",
          "FILE",
          Values.path(),
          "where the config is kept when all services answer, and used when the other is refused");
  private static final Option<Path> FIRMWARE =
      Option.optional(
          "firmware",
          "DIR",
          Values.path(),
          "what the supervisor of a flashed box says about it; updates are taken");
  private static final Option<Path> STORE =
      Option.optional("store", "DIR", Values.path(), "the store to serve, which kobako pack made");
  private static final Option<Integer> HTTP_PORT =
      Option.optional(
          "http-port",
          "PORT",
          Values.integer(0, BoxConfig.MAX_PORT),
          "TCP port for HTTP; 0 takes one that is free (default: "
              + BoxConfig.DEFAULT_HTTP_PORT
              + ", with --firmware "
              + FIRMWARE_HTTP_PORT
              + ")");
  private static final Option<InetAddress> LISTEN =
      Option.optional(
          "listen",
          "ADDRESS",
          address(),
          "IP address of this machine to listen on; all of them if left out");

  @Override
  public Syntax syntax() {
    return Syntax.of("serve", "run a box: boot machines, and serve a store over HTTP")
        .note("It stays in the foreground: Ctrl-C or SIGTERM ends the box.")
        .options(CONFIG, STORE, HTTP_PORT, LISTEN, LAST_GOOD, FIRMWARE)
        .example(
            "serve --store store",
            "serves to everybody who can reach port 8080; as root, boots machines as well")
        .example("serve --config kobako.toml", "the same, with addresses and images by the file")
        .example(
            "serve --config card/kobako.toml --last-good data/kobako.toml",
            "goes on with the last one that worked when somebody's slip makes the file unusable")
        .example(
            "serve --store store --listen 127.0.0.1 --http-port 0", "for a try on this machine");
  }

  @Override
  public void run(Arguments arguments, Terminal terminal)
      throws IOException, CommandFailedException, InterruptedException, UsageException {
    requireSource(arguments);
    Stop stop = terminal.catchStop();
    try (Box box = start(arguments, terminal).run()) {
      terminal.out().println("ready: " + box.url() + " serves " + images(box.store(), terminal));
      if (!box.netboot().isEmpty()) {
        terminal.out().println(box.netboot());
      }
      terminal.out().flush();
      stop.await();
    }
  }

  private static void requireSource(Arguments arguments) throws UsageException {
    if (arguments.find(CONFIG).isEmpty() && arguments.find(LAST_GOOD).isPresent()) {
      throw new UsageException("--last-good needs --config: it is the copy of that file");
    }
    if (arguments.find(CONFIG).isEmpty() && arguments.find(STORE).isEmpty()) {
      throw new UsageException("--store is missing: name a store, or a --config");
    }
  }

  private static BoxStart start(Arguments arguments, Terminal terminal) {
    Optional<Firmware> firmware = firmware(arguments, terminal);
    int usualPort =
        arguments.find(FIRMWARE).isPresent() ? FIRMWARE_HTTP_PORT : BoxConfig.DEFAULT_HTTP_PORT;
    return new BoxStart(
        arguments.find(CONFIG),
        arguments.find(LAST_GOOD).map(LastGood::new),
        new BoxStart.Given(
            arguments.find(STORE), arguments.find(LISTEN), arguments.find(HTTP_PORT), usualPort),
        firmware,
        sentence -> say(terminal, sentence));
  }

  /** A box that cannot be updated boots machines all the same. */
  private static Optional<Firmware> firmware(Arguments arguments, Terminal terminal) {
    Optional<Path> directory = arguments.find(FIRMWARE);
    try {
      return directory.isEmpty() ? Optional.empty() : Optional.of(Firmware.read(directory.get()));
    } catch (IOException e) {
      say(terminal, "no updates are taken: " + Sentences.of(e));
      return Optional.empty();
    }
  }

  private static void say(Terminal terminal, String sentence) {
    terminal.err().println("kobako serve: " + sentence);
  }

  /** Names and current versions: {@code debian 3, tiny 1}. */
  private static String images(Path directory, Terminal terminal) throws IOException {
    List<String> images = new ArrayList<>();
    StoreDirectory.open(directory)
        .currentVersions(sentence -> say(terminal, sentence))
        .forEach((image, version) -> images.add(image + " " + version));
    return images.isEmpty() ? "no images yet" : String.join(", ", images);
  }

  private static Value<InetAddress> address() {
    return text -> {
      try {
        return InetAddress.ofLiteral(text);
      } catch (IllegalArgumentException e) {
        throw new UsageException("is no IP address: write 192.168.1.2 or ::1");
      }
    };
  }
}
