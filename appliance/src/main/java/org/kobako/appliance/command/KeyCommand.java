package org.kobako.appliance.command;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import org.kobako.block.client.cli.Arguments;
import org.kobako.block.client.cli.Command;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.block.client.cli.Operand;
import org.kobako.block.client.cli.Syntax;
import org.kobako.block.client.cli.Terminal;
import org.kobako.block.client.cli.Values;
import org.kobako.block.format.SigningKey;

/** {@code kobako key DIR}. */
public final class KeyCommand implements Command {
  private static final Operand<Path> DIR =
      new Operand<>("DIR", Values.path(), "where the two files go; made where it is missing");

  @Override
  public Syntax syntax() {
    return Syntax.of("key", "make a key pair that signs indexes")
        .operands(DIR)
        .example(
            "key keys",
            "keys/"
                + SigningKey.PRIVATE_FILE
                + " signs and stays secret; machines are given keys/"
                + SigningKey.PUBLIC_FILE);
  }

  @Override
  public void run(Arguments arguments, Terminal terminal)
      throws IOException, CommandFailedException {
    Path directory = arguments.get(DIR);
    SigningKey key;
    try {
      key = SigningKey.create(directory);
    } catch (FileAlreadyExistsException e) {
      throw new CommandFailedException(
          e.getFile() + " is there, and a key is never overwritten: choose another directory", e);
    }
    terminal.out().println("key " + key.trustKey().id());
    terminal.out().println("signs with  " + directory.resolve(SigningKey.PRIVATE_FILE));
    terminal.out().println("trust it by " + directory.resolve(SigningKey.PUBLIC_FILE));
  }
}
