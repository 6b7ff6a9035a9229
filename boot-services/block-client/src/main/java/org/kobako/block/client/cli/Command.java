package org.kobako.block.client.cli;

import java.io.IOException;

/** One word behind the program's name. */
public interface Command {
  Syntax syntax();

  /**
   * Does the work; returning means that it is done.
   *
   * @throws UsageException if the arguments do not fit one another
   * @throws CommandFailedException if it cannot be done
   * @throws IOException if it cannot be done; the reason becomes the sentence
   * @throws InterruptedException if the thread is interrupted; everything it began has ended then
   */
  void run(Arguments arguments, Terminal terminal)
      throws UsageException, CommandFailedException, IOException, InterruptedException;
}
