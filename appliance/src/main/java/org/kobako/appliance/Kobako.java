package org.kobako.appliance;

import java.util.List;
import java.util.SimpleTimeZone;
import java.util.TimeZone;
import org.kobako.appliance.bench.BenchCommand;
import org.kobako.appliance.command.FirmwareCommand;
import org.kobako.appliance.command.GcCommand;
import org.kobako.appliance.command.KeyCommand;
import org.kobako.appliance.command.ListCommand;
import org.kobako.appliance.command.MachineBundleCommand;
import org.kobako.appliance.command.PackCommand;
import org.kobako.appliance.command.RoomKeyCommand;
import org.kobako.appliance.command.ServeCommand;
import org.kobako.appliance.command.StatusCommand;
import org.kobako.appliance.command.UnpackCommand;
import org.kobako.appliance.command.UpdateCommand;
import org.kobako.appliance.command.VerifyCommand;
import org.kobako.appliance.demo.DemoCommand;
import org.kobako.block.client.attach.AttachCommand;
import org.kobako.block.client.attach.DetachCommand;
import org.kobako.block.client.cli.Command;
import org.kobako.block.client.cli.CommandLine;
import org.kobako.block.client.cli.Terminal;

/** The one main: {@code kobako COMMAND ...}. */
public final class Kobako {
  private Kobako() {}

  public static void main(String[] args) {
    // Jetty asks for the time of day: in UTC that takes no tables.
    TimeZone.setDefault(new SimpleTimeZone(0, "UTC"));
    Terminal terminal = Terminal.ofProcess();
    terminal.exit(run(List.of(args), terminal));
  }

  static int run(List<String> words, Terminal terminal) {
    return new CommandLine("kobako", commands()).run(words, terminal);
  }

  /** Every command, in the order of a disk's way; the help lists them so. */
  static List<Command> commands() {
    return List.of(
        new PackCommand(),
        new ListCommand(),
        new VerifyCommand(),
        new UnpackCommand(),
        new GcCommand(),
        new KeyCommand(),
        new MachineBundleCommand(),
        new FirmwareCommand(),
        new ServeCommand(),
        new RoomKeyCommand(),
        new StatusCommand(),
        new UpdateCommand(),
        new AttachCommand(),
        new DetachCommand(),
        new DemoCommand(),
        new BenchCommand());
  }
}
