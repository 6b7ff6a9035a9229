package org.kobako.block.format;

/** The source does not answer, or not in time: ask the next source, and this one again later. */
public final class UnreachableSourceException extends BlockException {
  private static final long serialVersionUID = 1L;

  public UnreachableSourceException(String message) {
    super(message);
  }

  public UnreachableSourceException(String message, Throwable cause) {
    super(message, cause);
  }
}
