package org.kobako.block.client.fetch;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where a store is on the network.
 *
 * @param host name or address, without the brackets of IPv6
 * @param port TCP port
 * @param path what stands before {@code images/} and {@code blocks/}: begins and ends with a slash
 */
public record UpstreamUrl(String host, int port, String path) {
  private static final int HTTP_PORT = 80;

  /**
   * Reads {@code http://HOST[:PORT][/PATH]}.
   *
   * @throws IllegalArgumentException if it is anything else, with what is expected
   */
  public static UpstreamUrl parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw refused(text, e);
    }
    String host = uri.getHost();
    String rawPath = uri.getRawPath();
    if (!"http".equalsIgnoreCase(uri.getScheme())
        || host == null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null
        || uri.getRawUserInfo() != null
        || uri.getPort() == 0
        || uri.getPort() > 0xffff) {
      throw refused(text, null);
    }
    String path = rawPath == null || rawPath.isEmpty() ? "/" : rawPath;
    return new UpstreamUrl(
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        uri.getPort() < 0 ? HTTP_PORT : uri.getPort(),
        path.endsWith("/") ? path : path + "/");
  }

  private static IllegalArgumentException refused(
      String text, @org.jspecify.annotations.Nullable Throwable cause) {
    return new IllegalArgumentException(
        "upstream '" + text + "' is refused: expected http://HOST[:PORT][/PATH]", cause);
  }

  /** Whether the host is a name, not an address. */
  public boolean isName() {
    try {
      InetAddress unused = InetAddress.ofLiteral(host);
      return false;
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  /** Host and port as a request's Host field has them. */
  public String authority() {
    String bracketed = host.indexOf(':') < 0 ? host : "[" + host + "]";
    return port == HTTP_PORT ? bracketed : bracketed + ":" + port;
  }

  @Override
  public String toString() {
    return "http://" + authority() + (path.equals("/") ? "" : path);
  }
}
