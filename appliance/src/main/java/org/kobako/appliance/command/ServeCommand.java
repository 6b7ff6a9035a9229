package org.kobako.appliance.command;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.kobako.appliance.box.Box;
import org.kobako.appliance.box.BoxConfig;
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

/** {@code kobako serve --store DIR}: a box, until Ctrl-C or SIGTERM. */
public final class ServeCommand implements Command {
  private static final Option<Path> STORE =
      Option.required("store", "DIR", Values.path(), "the store to serve, which kobako pack made");
  private static final Option<Integer> HTTP_PORT =
      Option.withDefault(
          "http-port",
          "PORT",
          Values.integer(0, BoxConfig.MAX_PORT),
          Integer.toString(BoxConfig.DEFAULT_HTTP_PORT),
          "TCP port for HTTP; 0 takes one that is free");
  private static final Option<InetAddress> LISTEN =
      Option.optional(
          "listen",
          "ADDRESS",
          address(),
          "IP address of this machine to listen on; all of them if left out");

  @Override
  public Syntax syntax() {
    return Syntax.of("serve", "run a box: serve a store over HTTP")
        .options(STORE, HTTP_PORT, LISTEN)
        .example("serve --store store", "serves to everybody who can reach port 8080")
        .example(
            "serve --store store --listen 127.0.0.1 --http-port 0", "for a try on this machine");
  }

  @Override
  public void run(Arguments arguments, Terminal terminal)
      throws IOException, CommandFailedException, InterruptedException {
    BoxConfig config =
        new BoxConfig(
            arguments.get(STORE), arguments.find(LISTEN).orElse(null), arguments.get(HTTP_PORT));
    String images = images(StoreDirectory.open(config.store()));
    Stop stop = terminal.catchStop();
    try (Box box = Box.start(config)) {
      terminal.out().println("ready: " + box.url() + " serves " + images);
      terminal.out().flush();
      stop.await();
    }
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
