package org.kobako.packer;

import java.io.IOException;

/** Somebody else changes the store or the image now: try again when that has ended. */
public final class StoreBusyException extends IOException {
  private static final long serialVersionUID = 1L;

  StoreBusyException(String message) {
    super(message);
  }
}
