package org.kobako.block.format;

/** A whole index that the given key did not sign, or an older one than was seen: refuse it. */
public final class UntrustedIndexException extends BlockException {
  private static final long serialVersionUID = 1L;

  public UntrustedIndexException(String message) {
    super(message);
  }

  public UntrustedIndexException(String message, Throwable cause) {
    super(message, cause);
  }
}
