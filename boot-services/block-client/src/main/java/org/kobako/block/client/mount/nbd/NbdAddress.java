package org.kobako.block.client.mount.nbd;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Where an NBD export is offered. */
public sealed interface NbdAddress {
  /**
   * Reads the command-line form: {@code HOST:PORT}, {@code [IPV6]:PORT} or {@code unix:PATH}.
   *
   * @throws IllegalArgumentException with a sentence for the user
   */
  static NbdAddress parse(String text) {
    if (text.startsWith(UnixSocket.SCHEME)) {
      try {
        return new UnixSocket(Path.of(text.substring(UnixSocket.SCHEME.length())));
      } catch (InvalidPathException e) {
        throw new IllegalArgumentException(
            "NBD address '" + text + "' is refused: " + e.getReason(), e);
      }
    }
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (bracketed) {
      host = host.substring(1, host.length() - 1);
    }
    if (host.isEmpty() || host.indexOf(':') >= 0 && !bracketed) {
      throw new IllegalArgumentException(
          "NBD address '" + text + "' is refused: write HOST:PORT, [IPV6]:PORT or unix:PATH");
    }
    return new Tcp(host, port(text, text.substring(colon + 1)));
  }

  private static int port(String address, String digits) {
    try {
      if (!digits.isEmpty() && Character.isDigit(digits.charAt(0))) {
        return Integer.parseInt(digits);
      }
    } catch (NumberFormatException tooLong) {
      // refused below, like every other text that is no port
    }
    throw new IllegalArgumentException(
        "NBD address '" + address + "' is refused: '" + digits + "' is no port, use 0-65535");
  }

  /** The address as an NBD URI, as nbdcopy and qemu-img take it. */
  String uri();

  /** A listener on this address; a unix socket that a dead server left behind is replaced. */
  ServerSocketChannel bind() throws IOException;

  /**
   * @param port 0 for any free one
   */
  record Tcp(String host, int port) implements NbdAddress {
    public Tcp {
      if (port < 0 || port > 65535) {
        throw new IllegalArgumentException("NBD port " + port + " is refused: use 0-65535");
      }
    }

    @Override
    public String uri() {
      return "nbd://" + this;
    }

    @Override
    public ServerSocketChannel bind() throws IOException {
      InetSocketAddress address = new InetSocketAddress(host, port);
      if (address.isUnresolved()) {
        throw new IOException(
            "cannot listen on " + this + ": host '" + host + "' has no address; name a local one");
      }
      return bound(ServerSocketChannel.open(), address);
    }

    @Override
    public String toString() {
      return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
  }

  /** A socket file, made by {@link #bind} and removed when the server closes. */
  record UnixSocket(Path path) implements NbdAddress {
    static final String SCHEME = "unix:";

    public UnixSocket {
      if (path.toString().isEmpty()) {
        throw new IllegalArgumentException(
            "NBD address 'unix:' is refused: name the socket file, unix:PATH");
      }
    }

    @Override
    public String uri() {
      String path =
          URLEncoder.encode(this.path.toAbsolutePath().toString(), StandardCharsets.UTF_8);
      return "nbd+unix:///?socket=" + path.replace("%2F", "/").replace("+", "%20");
    }

    @Override
    public ServerSocketChannel bind() throws IOException {
      StaleSocket.remove(path);
      return bound(
          ServerSocketChannel.open(StandardProtocolFamily.UNIX), UnixDomainSocketAddress.of(path));
    }

    @Override
    public String toString() {
      return SCHEME + path;
    }
  }

  private static ServerSocketChannel bound(ServerSocketChannel listener, SocketAddress address)
      throws IOException {
    try {
      return listener.bind(address);
    } catch (IOException e) {
      listener.close();
      throw new IOException(
          "cannot listen on " + address + ": " + e.getMessage() + "; choose another address", e);
    }
  }
}
