package org.kobako.block.client.cli;

import org.jspecify.annotations.Nullable;

/**
 * A command cannot do its work: exit code 1. The message is a sentence: what, whom, why, what next.
 */
public final class CommandFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  public CommandFailedException(String message) {
    super(message);
  }

  public CommandFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
