package org.kobako.appliance.box;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.kobako.packer.StoreBusyException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the box says when its store could not be changed. */
final class StoreFailure {
  private static final Logger LOG = LoggerFactory.getLogger(StoreFailure.class);

  private StoreFailure() {}

  /** Answers with the sentence and the status that tells a program what to do next. */
  static void answer(String area, IOException e, Response response, Callback callback) {
    int status = statusOf(e);
    LOG.warn("{}: {}; answered {}", area, e.getMessage(), status);
    if (status == HttpStatus.SERVICE_UNAVAILABLE_503) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, "5");
    }
    StatusHandler.say(status, String.valueOf(e.getMessage()), response, callback);
  }

  static int statusOf(Throwable e) {
    for (Throwable at = e; at != null; at = at.getCause()) {
      if (at instanceof StoreBusyException) {
        return HttpStatus.SERVICE_UNAVAILABLE_503;
      }
      if (at instanceof AccessDeniedException) {
        return HttpStatus.FORBIDDEN_403;
      }
      String reason = at instanceof FileSystemException file ? file.getReason() : at.getMessage();
      if (reason != null && reason.contains("Read-only file system")) {
        return HttpStatus.FORBIDDEN_403;
      }
      if (reason != null
          && (reason.contains("No space left") || reason.contains("quota exceeded"))) {
        return HttpStatus.INSUFFICIENT_STORAGE_507;
      }
    }
    return HttpStatus.INTERNAL_SERVER_ERROR_500;
  }
}
