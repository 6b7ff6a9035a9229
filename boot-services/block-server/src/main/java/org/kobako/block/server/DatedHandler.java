package org.kobako.block.server;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Says when the box answered (RFC 9110 section 6.6.1), as {@link HttpDate} writes it. */
final class DatedHandler extends Handler.Wrapper {
  DatedHandler(Handler handler) {
    super(handler);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    response.getHeaders().put(HttpHeader.DATE, HttpDate.of(System.currentTimeMillis() / 1000));
    return super.handle(request, response, callback);
  }
}
