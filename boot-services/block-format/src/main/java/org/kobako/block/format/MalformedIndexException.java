package org.kobako.block.format;

/** An index that no conforming packer wrote (truncated, flipped bits, lying counts): refuse it. */
public final class MalformedIndexException extends BlockException {
  private static final long serialVersionUID = 1L;

  public MalformedIndexException(String message) {
    super(message);
  }

  public MalformedIndexException(String message, Throwable cause) {
    super(message, cause);
  }
}
