package org.kobako.block.server;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.kobako.block.format.StorePath;

/**
 * A request as machines make them, hundreds a second: a GET of a store's file over a connection
 * that is kept. What is written in any other way is nothing wrong, and for Jetty to read.
 *
 * @param path what is asked for
 * @param fields those that the answer depends on: Range, if anything
 * @param agent what the machine says of itself; empty if it says nothing
 */
record SimpleRequest(StorePath path, HttpFields fields, String agent) {
  private static final String METHOD = "GET ";
  private static final String VERSION = " HTTP/1.1";
  private static final String LINE_END = "\r\n";
  private static final String HEAD_END = "\r\n\r\n";

  /** In small letters: what machines and caches send, and no answer depends on. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of("accept", "accept-encoding", "forwarded", "pragma", "via", "x-forwarded-for");

  /**
   * @param head all that the connection has received, an octet a character; simple only if it is
   *     one whole head
   */
  static Optional<SimpleRequest> parse(String head) {
    int lineEnd = head.indexOf(LINE_END);
    if (!head.startsWith(METHOD)
        || lineEnd < METHOD.length() + VERSION.length()
        || !head.startsWith(VERSION, lineEnd - VERSION.length())
        || head.indexOf(HEAD_END) != head.length() - HEAD_END.length()) {
      return Optional.empty();
    }
    String target = head.substring(METHOD.length(), lineEnd - VERSION.length());
    if (!(RequestTarget.of(HttpMethod.GET.asString(), target)
        instanceof RequestTarget.InStore(StorePath path))) {
      return Optional.empty();
    }
    return of(path, head, lineEnd + LINE_END.length());
  }

  /** Empty if there is a field that may change how the request is to be read or answered. */
  private static Optional<SimpleRequest> of(StorePath path, String head, int offset) {
    HttpFields fields = HttpFields.EMPTY;
    String agent = "";
    boolean hostSeen = false;
    int end = head.length() - LINE_END.length();
    for (int at = offset; at < end; ) {
      int colon = head.indexOf(':', at);
      int lineEnd = head.indexOf(LINE_END, at);
      if (colon < 0 || colon > lineEnd) {
        return Optional.empty();
      }
      String name = head.substring(at, colon).toLowerCase(Locale.ROOT);
      String value = head.substring(colon + 1, lineEnd).strip();
      if (!isVisible(value)) {
        return Optional.empty();
      }
      switch (name) {
        case "host" -> {
          if (hostSeen || !isHost(value)) {
            return Optional.empty();
          }
          hostSeen = true;
        }
        case "connection" -> {
          if (!value.equalsIgnoreCase("keep-alive")) {
            return Optional.empty();
          }
        }
        case "cache-control" -> {
          if (value.equalsIgnoreCase("no-cache")) {
            return Optional.empty(); // somebody doubts what he got
          }
        }
        case "range" -> {
          if (fields != HttpFields.EMPTY) {
            return Optional.empty();
          }
          fields = HttpFields.from(new HttpField(HttpHeader.RANGE, value));
        }
        case "user-agent" -> agent = value;
        default -> {
          if (!WITHOUT_EFFECT.contains(name)) {
            return Optional.empty();
          }
        }
      }
      at = lineEnd + LINE_END.length();
    }
    return hostSeen ? Optional.of(new SimpleRequest(path, fields, agent)) : Optional.empty();
  }

  private static boolean isVisible(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) < ' ' || value.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  /** A name or an address, and a port: what is not made of these, Jetty may refuse. */
  private static boolean isHost(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '-' && c <= ':' && c != '/')) {
        return false;
      }
    }
    return !value.isEmpty();
  }
}
