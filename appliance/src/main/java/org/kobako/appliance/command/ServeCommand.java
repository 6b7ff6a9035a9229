package org.kobako.appliance.command;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.kobako.appliance.box.Box;
import org.kobako.appliance.box.BoxConfig;
import org.kobako.appliance.config.ConfigException;
import org.kobako.appliance.config.KobakoToml;
import org.kobako.block.client.cli.Arguments;
import org.kobako.block.client.cli.Command;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.block.client.cli.Option;
import org.kobako.block.client.cli.Stop;
import org.kobako.block.client.cli.Syntax;
import org.kobako.block.client.cli.Terminal;
import org.kobako.block.client.cli.UsageException;
import org.kobako.block.client.cli.Value;
import org.kobako.block.client.cli.Values;
import org.kobako.block.format.ImageName;
import org.kobako.packer.StoreDirectory;

/** {@code kobako serve}: a box, until Ctrl-C or SIGTERM. */
public final class ServeCommand implements Command {
  private static final Option<Path> CONFIG =
      Option.optional(
          "config", "FILE", Values.path(), "kobako.toml, with all that a box can be told");
  private static final Option<Path> STORE =
      Option.optional("store", "DIR", Values.path(), "the store to serve, which kobako pack made");
  private static final Option<Integer> HTTP_PORT =
      Option.optional(
          "http-port",
          "PORT",
          Values.integer(0, BoxConfig.MAX_PORT),
          "TCP port for HTTP; 0 takes one that is free (default: "
              + BoxConfig.DEFAULT_HTTP_PORT
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
        .options(CONFIG, STORE, HTTP_PORT, LISTEN)
        .example(
            "serve --store store",
            "serves to everybody who can reach port 8080; as root, boots machines as well")
        .example("serve --config kobako.toml", "the same, with addresses and images by the file")
        .example(
            "serve --store store --listen 127.0.0.1 --http-port 0", "for a try on this machine");
  }

  @Override
  public void run(Arguments arguments, Terminal terminal)
      throws IOException, CommandFailedException, InterruptedException, UsageException {
    BoxConfig config = config(arguments);
    String images = images(StoreDirectory.open(config.store()));
    Stop stop = terminal.catchStop();
    try (Box box = Box.start(config)) {
      terminal.out().println("ready: " + box.url() + " serves " + images);
      if (!box.netboot().isEmpty()) {
        terminal.out().println(box.netboot());
      }
      terminal.out().flush();
      stop.await();
    }
  }

  /** The file's words, and before them the command line's. */
  private static BoxConfig config(Arguments arguments)
      throws CommandFailedException, UsageException {
    Optional<Path> store = arguments.find(STORE);
    BoxConfig config;
    if (arguments.find(CONFIG).isPresent()) {
      try {
        config = KobakoToml.read(arguments.find(CONFIG).get(), store);
      } catch (ConfigException e) {
        throw new CommandFailedException(e.getMessage());
      }
    } else {
      config =
          BoxConfig.of(
              store.orElseThrow(
                  () -> new UsageException("--store is missing: name a store, or a --config")),
              BoxConfig.Http.DEFAULTS);
    }
    BoxConfig.Http http = config.http();
    return config.withHttp(
        new BoxConfig.Http(
            arguments.find(LISTEN).orElse(http.listen()),
            arguments.find(HTTP_PORT).orElse(http.port())));
  }

  /** Names and current versions: {@code debian 3, tiny 1}. */
  private static String images(StoreDirectory store) throws IOException {
    List<String> images = new ArrayList<>();
    for (ImageName image : store.images()) {
      OptionalLong version = store.currentVersion(image);
      if (version.isPresent()) {
        images.add(image + " " + version.getAsLong());
      }
    }
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
