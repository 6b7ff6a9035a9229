package org.kobako.block.format;

import java.io.IOException;

/** Why bytes of a store cannot be used, told apart by what the caller does next. */
public abstract sealed class BlockException extends IOException
    permits CorruptBlockException,
        MalformedIndexException,
        MissingBlockException,
        UnreachableSourceException,
        UntrustedIndexException {
  private static final long serialVersionUID = 1L;

  BlockException(String message) {
    super(message);
  }

  BlockException(String message, Throwable cause) {
    super(message, cause);
  }
}
