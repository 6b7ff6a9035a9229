package org.kobako.appliance.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.kobako.appliance.firmware.UpdateSender;
import org.kobako.appliance.remote.BoxConnection;
import org.kobako.block.client.cli.Arguments;
import org.kobako.block.client.cli.Command;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.block.client.cli.Operand;
import org.kobako.block.client.cli.Option;
import org.kobako.block.client.cli.ProgressLine;
import org.kobako.block.client.cli.Sentences;
import org.kobako.block.client.cli.Syntax;
import org.kobako.block.client.cli.Terminal;
import org.kobako.block.client.cli.UsageException;
import org.kobako.block.client.cli.Values;
import org.kobako.block.client.fetch.UpstreamUrl;

/** {@code kobako update FILE --box URL}. */
public final class UpdateCommand implements Command {
  private static final Operand<Path> FILE =
      new Operand<>("FILE", Values.path(), "the update that kobako firmware made beside its image");
  private static final Option<UpstreamUrl> BOX =
      Option.required("box", "URL", BoxUrl.value(), "the box: http://192.168.7.1/");
  private static final Option<Boolean> OLDER =
      Option.flag("older", "go back: an update that is not newer is taken as well");

  @Override
  public Syntax syntax() {
    return Syntax.of("update", "send a box a newer firmware")
        .operands(FILE)
        .options(BOX, SecretOptions.SECRET, SecretOptions.SECRET_FILE, OLDER)
        .example(
            "update kobako.img.update --box http://192.168.7.1/",
            "asks for the secret; the box writes its other slot, starts that, and goes back to this"
                + " one if it does not prove itself");
  }

  @Override
  public void run(Arguments arguments, Terminal terminal)
      throws IOException, CommandFailedException, UsageException {
    Path file = arguments.get(FILE);
    long length = Files.size(file);
    UpstreamUrl box = arguments.get(BOX);
    UpdateSender sender = new UpdateSender(box, SecretOptions.secret(arguments));
    BoxConnection.Answer answer;
    try (ProgressLine progress = terminal.progress()) {
      answer =
          sender.send(
              file,
              arguments.get(OLDER),
              sent ->
                  progress.step(
                      sent < length ? "sending" : "the box writes it", sent % length, length));
    } catch (IOException e) {
      throw new CommandFailedException(
          "no update reached %s: %s; see whether it runs, and send it again"
              .formatted(box, Sentences.of(e)),
          e);
    }
    if (!answer.isGood()) {
      throw new CommandFailedException("%s refuses it: %s".formatted(box, answer.sentence()));
    }
    terminal.out().println(answer.sentence());
  }
}
