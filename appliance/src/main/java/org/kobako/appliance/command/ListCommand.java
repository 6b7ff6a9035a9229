package org.kobako.appliance.command;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.kobako.appliance.life.ImageList;
import org.kobako.block.client.cli.Arguments;
import org.kobako.block.client.cli.Command;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.block.client.cli.Syntax;
import org.kobako.block.client.cli.Terminal;
import org.kobako.block.client.fetch.UpstreamUrl;
import org.kobako.packer.StoreDirectory;
import org.kobako.packer.StoreListing;

/** {@code kobako list STORE}, a directory or a box. */
public final class ListCommand implements Command {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Override
  public Syntax syntax() {
    return Syntax.of("list", "show a store's images, versions, sizes, and the machines on each")
        .operands(StorePlace.OPERAND)
        .options(StoreOptions.JSON)
        .example("list store", "a line for each version; * is the one that machines boot")
        .example("list http://192.168.7.1/", "the same of a box, which knows who reads what");
  }

  @Override
  public void run(Arguments arguments, Terminal terminal)
      throws IOException, CommandFailedException {
    boolean asJson = arguments.get(StoreOptions.JSON);
    switch (arguments.get(StorePlace.OPERAND)) {
      case StorePlace.Directory directory -> {
        StoreListing listing = StoreListing.of(StoreDirectory.open(directory.path()));
        ImageList list =
            new ImageList(
                new StoreListing(listing.versions(), listing.storedBytes(), List.of()),
                Optional.empty());
        if (asJson) {
          terminal.out().println(new ImageList(listing, Optional.empty()).json());
        } else {
          terminal.out().print(list.text());
        }
        if (!listing.problems().isEmpty()) {
          throw new CommandFailedException(String.join("\n  ", listing.problems()));
        }
      }
      case StorePlace.OfBox box -> listBox(box.url(), asJson, terminal);
    }
  }

  private static void listBox(UpstreamUrl box, boolean asJson, Terminal terminal)
      throws CommandFailedException {
    String path = asJson ? "images" : "images.txt";
    String text = BoxAnswers.of(box, Optional.empty(), PATIENCE, "GET", path);
    terminal.out().print(text);
    if (!asJson && text.contains("\n" + ImageList.PROBLEM)) {
      throw new CommandFailedException(box + " has versions that cannot be read");
    }
  }
}
