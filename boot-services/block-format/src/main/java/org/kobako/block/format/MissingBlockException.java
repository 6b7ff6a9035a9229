package org.kobako.block.format;

/** The source answers, and has no such block or index: ask the next source. */
public final class MissingBlockException extends BlockException {
  private static final long serialVersionUID = 1L;

  public MissingBlockException(String message) {
    super(message);
  }

  public MissingBlockException(String message, Throwable cause) {
    super(message, cause);
  }
}
