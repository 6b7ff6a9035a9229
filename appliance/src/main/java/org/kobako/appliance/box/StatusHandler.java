package org.kobako.appliance.box;

import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.kobako.appliance.status.BoxStatus;

/**
 * {@code GET /status}, and {@code /status.txt} for people: for everybody on the network, as it has
 * no secrets.
 */
final class StatusHandler extends Handler.Abstract {
  private static final String PATH = "/status";
  private static final String PATH_FOR_PEOPLE = "/status.txt";

  private final Supplier<BoxStatus> status;

  StatusHandler(Supplier<BoxStatus> status) {
    this.status = status;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String path = request.getHttpURI().getPath();
    if (!path.equals(PATH) && !path.equals(PATH_FOR_PEOPLE)) {
      return false;
    }
    if (!isRead("the status is read", request, response, callback)) {
      return true;
    }
    BoxStatus now = status.get();
    if (path.equals(PATH)) {
      answer(HttpStatus.OK_200, "application/json", now.json() + "\n", response, callback);
    } else {
      answer(HttpStatus.OK_200, "text/plain; charset=utf-8", now.text(), response, callback);
    }
    return true;
  }

  /**
   * Whether a request only reads; one that does not is refused.
   *
   * @param what is done so, for people: {@code the status is read}
   */
  static boolean isRead(String what, Request request, Response response, Callback callback) {
    if (HttpMethod.GET.is(request.getMethod()) || HttpMethod.HEAD.is(request.getMethod())) {
      return true;
    }
    response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
    say(HttpStatus.METHOD_NOT_ALLOWED_405, what + " with GET and HEAD", response, callback);
    return false;
  }

  /** A sentence, as {@link #answer} does it. */
  static void say(int code, String sentence, Response response, Callback callback) {
    answer(code, "text/plain; charset=utf-8", sentence + "\n", response, callback);
  }

  /** A whole answer that no cache keeps; Jetty leaves the body out for a HEAD. */
  static void answer(int code, String type, String text, Response response, Callback callback) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    response.setStatus(code);
    response
        .getHeaders()
        .put(HttpHeader.CONTENT_TYPE, type)
        .put(HttpHeader.CACHE_CONTROL, "no-store")
        .put(HttpHeader.CONTENT_LENGTH, body.length);
    response.write(true, BufferUtil.toBuffer(body), callback);
  }
}
