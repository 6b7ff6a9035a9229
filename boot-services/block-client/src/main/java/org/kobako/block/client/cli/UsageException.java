package org.kobako.block.client.cli;

/** The words of a command line mean nothing: exit code 2. The message is a sentence. */
public final class UsageException extends Exception {
  private static final long serialVersionUID = 1L;

  public UsageException(String message) {
    super(message);
  }
}
