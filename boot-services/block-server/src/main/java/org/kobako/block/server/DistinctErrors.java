package org.kobako.block.server;

import java.io.IOException;
import java.nio.file.FileSystemException;
import org.kobako.boot.plan.Notices;
import org.slf4j.Logger;

/** Tells of files that cannot be read, each kind of error apart. */
final class DistinctErrors {
  private final Notices notices;

  DistinctErrors(Logger log) {
    this.notices = new Notices(line -> log.warn("block-server: {}", line));
  }

  /**
   * Counts an error, and logs it when it is due.
   *
   * @param what to whom, for people: {@code cannot read blocks/ab/abc}
   * @param next what happens now
   */
  void count(String what, IOException error, String next) {
    String reason = reasonOf(error);
    notices.count(error.getClass().getName() + reason, what + ": " + reason + "; " + next);
  }

  /** Without the file's name, so that one cause is one kind. */
  private static String reasonOf(IOException error) {
    if (error instanceof FileSystemException atFile) {
      String reason = atFile.getReason();
      return reason == null ? error.getClass().getSimpleName() : reason;
    }
    String message = error.getMessage();
    return message == null ? error.getClass().getSimpleName() : message;
  }
}
