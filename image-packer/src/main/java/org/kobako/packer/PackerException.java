package org.kobako.packer;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * Why a tool of this module cannot do what was asked. The message is the whole sentence for people:
 * what, whom, why, what next.
 */
public final class PackerException extends IOException {
  private static final long serialVersionUID = 1L;

  PackerException(String message) {
    super(message);
  }

  PackerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** The operating system's word for what went wrong: {@code No space left on device}. */
  static String reason(IOException e) {
    if (e instanceof NoSuchFileException missing) {
      return missing.getFile() + " is not there";
    }
    if (e instanceof AccessDeniedException denied) {
      return "no permission for " + denied.getFile();
    }
    if (e instanceof FileSystemException file && file.getReason() != null) {
      return file.getReason() + " (" + file.getFile() + ")";
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
