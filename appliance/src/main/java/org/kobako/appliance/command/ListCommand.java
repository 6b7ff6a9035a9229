package org.kobako.appliance.command;

import java.io.IOException;
import java.io.PrintStream;
import org.kobako.block.client.cli.Arguments;
import org.kobako.block.client.cli.Command;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.block.client.cli.Json;
import org.kobako.block.client.cli.Syntax;
import org.kobako.block.client.cli.Terminal;
import org.kobako.block.client.cli.Units;
import org.kobako.packer.StoreDirectory;
import org.kobako.packer.StoreListing;

/** {@code kobako list STORE}. */
public final class ListCommand implements Command {
  @Override
  public Syntax syntax() {
    return Syntax.of("list", "show a store's images, versions and sizes")
        .operands(StoreOptions.STORE)
        .options(StoreOptions.JSON)
        .example("list store", "a line for each version; * is the one that machines boot");
  }

  @Override
  public void run(Arguments arguments, Terminal terminal)
      throws IOException, CommandFailedException {
    StoreDirectory store = StoreDirectory.open(arguments.get(StoreOptions.STORE));
    StoreListing listing = StoreListing.of(store);
    if (arguments.get(StoreOptions.JSON)) {
      terminal.out().println(json(listing));
    } else {
      print(listing, terminal.out());
    }
    if (!listing.problems().isEmpty()) {
      throw new CommandFailedException(String.join("\n  ", listing.problems()));
    }
  }

  private static void print(StoreListing listing, PrintStream out) {
    int width = "IMAGE".length();
    for (StoreListing.Version version : listing.versions()) {
      width = Math.max(width, version.image().value().length());
    }
    String line = "%-" + width + "s  %8s  %7s  %7s  %7s  %s%n";
    out.printf(line, "IMAGE", "VERSION", "PLAIN", "STORED", "SHARED", "SIGNED BY");
    for (StoreListing.Version version : listing.versions()) {
      out.printf(
          line,
          version.image(),
          (version.current() ? "* " : "") + version.version(),
          Units.roundSize(version.plainBytes()),
          Units.roundSize(version.storedBytes()),
          Units.roundSize(version.sharedBytes()),
          version.signer().orElse("nobody"));
    }
    out.printf("%s of blocks%n", Units.roundSize(listing.storedBytes()));
  }

  private static String json(StoreListing listing) {
    Json json = new Json().beginObject().name("versions").beginArray();
    for (StoreListing.Version version : listing.versions()) {
      json.beginObject()
          .name("image")
          .value(version.image().value())
          .name("version")
          .value(version.version())
          .name("current")
          .value(version.current())
          .name("plain-bytes")
          .value(version.plainBytes())
          .name("stored-bytes")
          .value(version.storedBytes())
          .name("shared-bytes")
          .value(version.sharedBytes())
          .name("signed-by")
          .value(version.signer().orElse(""))
          .endObject();
    }
    json.endArray().name("stored-bytes").value(listing.storedBytes());
    json.name("problems").beginArray();
    listing.problems().forEach(json::value);
    return json.endArray().endObject().toString();
  }
}
