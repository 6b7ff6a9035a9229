package org.kobako.block.format;

/** Stored bytes that are not what their name says, or do not decode: fetch them elsewhere. */
public final class CorruptBlockException extends BlockException {
  private static final long serialVersionUID = 1L;

  public CorruptBlockException(String message) {
    super(message);
  }

  public CorruptBlockException(String message, Throwable cause) {
    super(message, cause);
  }
}
