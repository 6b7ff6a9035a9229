package org.kobako.appliance.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.block.client.cli.ProgressLine;
import org.kobako.block.client.cli.Terminal;

/** A script in {@code cross/} of the checkout that the launcher runs from. */
public final class CrossScript {
  /** System property: the checkout's directory; the launcher sets it. */
  public static final String HOME_PROPERTY = "kobako.home";

  private final Path checkout;
  private final String name;

  private CrossScript(Path checkout, String name) {
    this.checkout = checkout;
    this.name = name;
  }

  /**
   * The script that has the name of a command.
   *
   * @param makes what it makes, for people: {@code a bundle}
   */
  static CrossScript of(String command, String makes) throws CommandFailedException {
    String home = System.getProperty(HOME_PROPERTY);
    if (home == null) {
      throw new CommandFailedException(
          "the scripts that make %s lie in a checkout of Kobako: run ./kobako %s there"
              .formatted(makes, command));
    }
    return new CrossScript(Path.of(home), command);
  }

  Path checkout() {
    return checkout;
  }

  /**
   * Runs it to its end. Each line that it says is a step; the last one before it fails is the
   * reason.
   *
   * @param what it makes, for an error: {@code the bundle}
   */
  void run(List<String> arguments, String what, Terminal terminal)
      throws CommandFailedException, IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(checkout.resolve("cross").resolve(name).toString());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    process.getOutputStream().close();
    String step = "nothing was said";
    try (ProgressLine progress = terminal.progress();
        BufferedReader said = process.inputReader()) {
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        step = line;
        progress.step(step, 0, 0);
      }
      if (process.waitFor() != 0) {
        throw new CommandFailedException("cannot make " + what + ": " + step);
      }
    } finally {
      process.destroy();
    }
  }
}
