package org.kobako.appliance.command;

import org.kobako.appliance.room.RoomKey;
import org.kobako.block.client.cli.Arguments;
import org.kobako.block.client.cli.Command;
import org.kobako.block.client.cli.Syntax;
import org.kobako.block.client.cli.Terminal;

/** {@code kobako room-key}. */
public final class RoomKeyCommand implements Command {
  @Override
  public Syntax syntax() {
    return Syntax.of("room-key", "make the key by which boxes know one another")
        .example("room-key >> kobako.toml", "the same file then goes to every box of the room");
  }

  @Override
  public void run(Arguments arguments, Terminal terminal) {
    terminal.out().println("[room]");
    terminal.out().println("key = \"" + RoomKey.create().hex() + "\"");
  }
}
