package org.kobako.appliance.box;

import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.kobako.appliance.firmware.Firmware;
import org.kobako.appliance.firmware.RefusedUpdateException;
import org.kobako.appliance.firmware.UpdateHeader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code PUT /update} with an update file, for who has the admin secret. Holds a thread while it
 * lasts; {@link Firmware} lets one through at a time.
 */
final class UpdateHandler extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(UpdateHandler.class);

  private static final String PATH = "/update";

  /** In the query: one that is not newer is taken as well. */
  private static final String OLDER = "older=yes";

  /**
   * Of an update that is refused so much is still taken from the sender, who would otherwise find
   * the connection broken instead of the answer.
   */
  private static final long MAX_UNREAD_BYTES = 64 << 20;

  private final Firmware firmware;
  private final AdminGate gate;

  UpdateHandler(Firmware firmware, AdminGate gate) {
    this.firmware = firmware;
    this.gate = gate;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    if (!request.getHttpURI().getPath().equals(PATH)) {
      return false;
    }
    if (!HttpMethod.PUT.is(request.getMethod())) {
      response.getHeaders().put(HttpHeader.ALLOW, "PUT");
      StatusHandler.say(
          HttpStatus.METHOD_NOT_ALLOWED_405, "an update is sent with PUT", response, callback);
      return true;
    }
    if (gate.admits("update", request, response, callback)) {
      update(request, response, callback);
    }
    return true;
  }

  private void update(Request request, Response response, Callback callback) {
    long length = request.getLength();
    boolean older = OLDER.equals(request.getHttpURI().getQuery());
    try (InputStream file = Content.Source.asInputStream(request)) {
      String sender = Request.getRemoteAddr(request);
      try {
        LOG.info("update: {} sends one", sender);
        UpdateHeader taken =
            firmware.update(
                file, length < 0 ? OptionalLong.empty() : OptionalLong.of(length), older);
        LOG.info("update: version {} is written, and starts next", taken.version());
        StatusHandler.say(
            HttpStatus.OK_200,
            "version " + taken.version() + " is written; the box starts it now",
            response,
            callback);
      } catch (RefusedUpdateException e) {
        LOG.warn("update: refused what {} sends: {}", sender, e.getMessage());
        file.skip(MAX_UNREAD_BYTES);
        StatusHandler.say(statusOf(e.reason()), String.valueOf(e.getMessage()), response, callback);
      }
    } catch (IOException senderIsGone) {
      callback.failed(senderIsGone);
    }
  }

  private static int statusOf(RefusedUpdateException.Reason reason) {
    return switch (reason) {
      case MALFORMED -> HttpStatus.BAD_REQUEST_400;
      case NOT_SIGNED -> HttpStatus.FORBIDDEN_403;
      case NOT_FOR_THIS_BOX -> HttpStatus.CONFLICT_409;
      case TOO_LONG -> HttpStatus.PAYLOAD_TOO_LARGE_413;
      case BUSY -> HttpStatus.SERVICE_UNAVAILABLE_503;
      case DISK -> HttpStatus.INTERNAL_SERVER_ERROR_500;
    };
  }
}
