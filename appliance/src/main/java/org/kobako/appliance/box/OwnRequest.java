package org.kobako.appliance.box;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A request of the box to itself, as simple as HTTP allows (RFC 1945), for its own check. */
final class OwnRequest implements AutoCloseable {
  /** Time for each of its steps; an interpreter's first answer is slow. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final int MAX_HEAD_BYTES = 4 << 10;
  private static final String OK = " 200 ";

  private final Socket socket;
  private final InputStream in;

  private OwnRequest(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  /**
   * Asks for a path, past what a cache takes for good, and reads the answer's head.
   *
   * @throws IOException if there is no answer, or another than 200
   */
  static OwnRequest get(InetSocketAddress server, String path) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setSoTimeout((int) TIMEOUT.toMillis());
      socket.connect(server, (int) TIMEOUT.toMillis());
      OwnRequest request = new OwnRequest(socket);
      byte[] words =
          ("GET /" + path + " HTTP/1.0\r\nCache-Control: no-cache\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII);
      socket.getOutputStream().write(words);
      request.readHead(path);
      return request;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private void readHead(String path) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int octet = in.read();
      if (octet < 0 || head.length() == MAX_HEAD_BYTES) {
        throw new EOFException("the answer to a request for " + path + " has no end of its head");
      }
      head.append((char) octet);
    }
    String status = head.substring(0, head.indexOf("\r\n"));
    if (!status.contains(OK)) {
      throw new IOException("a request for %s is answered %s".formatted(path, status));
    }
  }

  /** What follows the head, to its end. */
  InputStream body() {
    return in;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
