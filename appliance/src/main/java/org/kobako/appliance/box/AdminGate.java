package org.kobako.appliance.box;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.kobako.appliance.firmware.AdminSecret;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets through who has the admin secret, and answers all others.
 *
 * @param secret one for the whole box, so that wrong words are counted together
 * @param where the owner of the box finds the secret, for who does not have it
 */
record AdminGate(AdminSecret secret, String where) {
  private static final Logger LOG = LoggerFactory.getLogger(AdminGate.class);

  private static final String BEARER = "Bearer ";

  /**
   * Whether the request may go on; where it may not, it is answered.
   *
   * @param area what it is about, for the log
   */
  boolean admits(String area, Request request, Response response, Callback callback) {
    return switch (secret.check(secretOf(request))) {
      case RIGHT -> true;
      case WRONG -> {
        LOG.warn(
            "{}: {} has not the admin secret; answered 401", area, Request.getRemoteAddr(request));
        response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
        StatusHandler.say(
            HttpStatus.UNAUTHORIZED_401,
            "the admin secret is missing or wrong: " + where,
            response,
            callback);
        yield false;
      }
      case TOO_MANY -> {
        response.getHeaders().put(HttpHeader.RETRY_AFTER, "6");
        StatusHandler.say(
            HttpStatus.TOO_MANY_REQUESTS_429,
            "too many wrong secrets of late: wait some seconds",
            response,
            callback);
        yield false;
      }
    };
  }

  private static String secretOf(Request request) {
    String field = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    return field != null && field.startsWith(BEARER) ? field.substring(BEARER.length()) : "";
  }
}
