package org.kobako.caching.proxy.fetch;

import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/**
 * The boxes and proxies that a request has come through (RFC 9110 section 7.6.3): empty for one
 * that comes from a machine. Boxes may name each other as upstreams, so a request must not come
 * back to one that it has been to.
 *
 * @param text of its Via fields, with commas between
 */
public record Via(String text) {
  /** What every box is called begins so. */
  public static final String BOX = "kobako-";

  /**
   * Where all boxes of a room name each other, a file that none of them has is asked for once by
   * each way through so many.
   */
  private static final int MAX_BOXES = 3;

  /** Of other proxies as well. */
  private static final int MAX_CHARS = 512;

  /** Reads it from a request. */
  public static Via of(Request request) {
    return new Via(
        request.getHeaders().getFields(HttpHeader.VIA).stream()
            .map(HttpField::getValue)
            .collect(Collectors.joining(", ")));
  }

  /** Whether the box of this name may ask an upstream for it. */
  public boolean mayGoOnBy(String box) {
    return text.length() <= MAX_CHARS
        && !text.contains(box)
        && text.split(BOX, -1).length - 1 <= MAX_BOXES;
  }

  boolean isEmpty() {
    return text.isEmpty();
  }

  /** What a box tells its upstreams. */
  Via and(String box) {
    return new Via(isEmpty() ? box : text + ", " + box);
  }
}
