package org.kobako.appliance.command;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.kobako.block.client.cli.Arguments;
import org.kobako.block.client.cli.Command;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.block.client.cli.Operand;
import org.kobako.block.client.cli.Option;
import org.kobako.block.client.cli.Sentences;
import org.kobako.block.client.cli.Syntax;
import org.kobako.block.client.cli.Terminal;
import org.kobako.block.client.fetch.UpstreamUrl;

/** {@code kobako status URL}: a box, and the room as that box sees it. */
public final class StatusCommand implements Command {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int MAX_BYTES = 4 << 20;

  private static final Operand<UpstreamUrl> BOX =
      new Operand<>("URL", BoxUrl.value(), "any box of the room");
  private static final Option<Boolean> JSON =
      Option.flag("json", "print it as JSON, with all there is");

  @Override
  public Syntax syntax() {
    return Syntax.of("status", "show a box, and all boxes of its room, their load and machines")
        .operands(BOX)
        .options(JSON)
        .example("status http://192.168.7.1/", "services, boxes, disks and what happened lately");
  }

  @Override
  public void run(Arguments arguments, Terminal terminal) throws CommandFailedException {
    UpstreamUrl box = arguments.get(BOX);
    String path = arguments.get(JSON) ? "status" : "status.txt";
    try {
      terminal.out().print(read(URI.create("http://" + box.authority() + box.path() + path)));
    } catch (IOException e) {
      throw new CommandFailedException(
          "%s does not tell its status: %s; see whether it runs, and ask another box of the room"
              .formatted(box, Sentences.of(e)),
          e);
    }
  }

  private static String read(URI uri) throws IOException {
    URLConnection connection = uri.toURL().openConnection();
    connection.setConnectTimeout((int) TIMEOUT.toMillis());
    connection.setReadTimeout((int) TIMEOUT.toMillis());
    if (connection instanceof HttpURLConnection http
        && http.getResponseCode() != HttpURLConnection.HTTP_OK) {
      throw new IOException("it answers " + http.getResponseCode() + ", as no box does");
    }
    try (InputStream in = connection.getInputStream()) {
      return new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
    }
  }
}
