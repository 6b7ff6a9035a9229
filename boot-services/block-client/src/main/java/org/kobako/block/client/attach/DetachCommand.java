package org.kobako.block.client.attach;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.kobako.block.client.attach.Attachments.Attachment;
import org.kobako.block.client.cli.Arguments;
import org.kobako.block.client.cli.Command;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.block.client.cli.Operand;
import org.kobako.block.client.cli.Syntax;
import org.kobako.block.client.cli.Terminal;
import org.kobako.block.client.cli.Values;
import org.kobako.block.client.mount.fuse.FuseMount;

/** {@code kobako detach}: ends an {@code attach} of this user, or clears what a killed one left. */
public final class DetachCommand implements Command {
  private static final int PATIENCE_SECONDS = 10;

  private static final Operand<String> TARGET =
      new Operand<>(
          "TARGET", Values.text(), "mount point, NBD address or name of what is attached");

  @Override
  public Syntax syntax() {
    return Syntax.of("detach", "end an attach")
        .operands(TARGET)
        .example("detach /mnt/box", "the disk that was attached with --mount /mnt/box");
  }

  @Override
  public void run(Arguments arguments, Terminal terminal)
      throws CommandFailedException, IOException, InterruptedException {
    String target = arguments.get(TARGET);
    Attachments attachments = Attachments.ofUser();
    List<Attachment> found = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (Attachment attachment : attachments.all()) {
      if (isMeant(attachment, target)) {
        found.add(attachment);
      } else {
        others.add(attachment.target());
      }
    }
    if (found.isEmpty()) {
      throw new CommandFailedException(
          "nothing is attached as "
              + target
              + (others.isEmpty() ? "" : "; attached: " + String.join(", ", others)));
    }
    for (Attachment attachment : found) {
      detach(attachment, attachments, terminal);
    }
  }

  private static boolean isMeant(Attachment attachment, String target) {
    return attachment.image().equals(target)
        || attachment.target().equals(target)
        || attachment.target().equals(Path.of(target).toAbsolutePath().normalize().toString());
  }

  private static void detach(Attachment attachment, Attachments attachments, Terminal terminal)
      throws IOException, InterruptedException, CommandFailedException {
    ProcessHandle process = attachment.process().orElse(null);
    if (process == null) {
      attachments.remove(attachment.pid());
      if (attachment.target().startsWith("/")) {
        FuseMount.clearStale(Path.of(attachment.target()));
      }
      terminal.out().println("cleared " + attachment.target() + ", whose attach had been killed");
      return;
    }
    process.destroy();
    try {
      process.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      terminal.out().println("detached " + attachment.target());
    } catch (TimeoutException inUse) {
      throw new CommandFailedException(
          attachment.target()
              + " is in use: unmount what is on it; its attach (process "
              + attachment.pid()
              + ") ends when the last user is gone",
          inUse);
    } catch (ExecutionException e) {
      throw new IOException("process " + attachment.pid() + " cannot be waited for", e);
    }
  }
}
