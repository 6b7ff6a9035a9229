package org.kobako.block.client.attach;

import java.util.List;
import org.kobako.block.client.cli.CommandLine;
import org.kobako.block.client.cli.Terminal;

/** The main of a machine, which has this module and block-format but no appliance. */
public final class KobakoClient {
  private KobakoClient() {}

  public static void main(String[] args) {
    Terminal terminal = Terminal.ofProcess();
    CommandLine commandLine =
        new CommandLine("kobako", List.of(new AttachCommand(), new DetachCommand()));
    terminal.exit(commandLine.run(List.of(args), terminal));
  }
}
