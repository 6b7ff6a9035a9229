package org.kobako.block.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A connection that says exactly the bytes it is told to, as no polite client would. */
final class HttpPeer implements AutoCloseable {
  private static final int PATIENCE_MS = 60_000;

  private final Socket socket;
  private final InputStream in;

  HttpPeer(InetSocketAddress server) throws IOException {
    this(server, InetAddress.getLoopbackAddress());
  }

  /**
   * As another machine would.
   *
   * @param from any of 127.0.0.0/8
   */
  HttpPeer(InetSocketAddress server, InetAddress from) throws IOException {
    socket = new Socket();
    socket.bind(new InetSocketAddress(from, 0));
    socket.connect(server);
    socket.setSoTimeout(PATIENCE_MS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** A response: field names in lower case. */
  record Response(int status, Map<String, String> fields, byte[] body) {
    String field(String name) {
      return fields.getOrDefault(name, "");
    }
  }

  /** One request on a connection of its own. */
  static Response request(InetSocketAddress server, String method, String target, String... fields)
      throws IOException {
    try (HttpPeer peer = new HttpPeer(server)) {
      return peer.request(method, target, fields);
    }
  }

  /** One HTTP/1.1 request and its response; the connection stays open. */
  Response request(String method, String target, String... fields) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(method + " " + target + " HTTP/1.1");
    lines.add("Host: box");
    lines.addAll(List.of(fields));
    say(String.join("\r\n", lines) + "\r\n\r\n");
    return readResponse(method.equals("HEAD"));
  }

  void say(String bytes) throws IOException {
    socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Waits until a response has begun, and leaves it unread. */
  void awaitResponse() throws IOException {
    in.mark(1);
    if (in.read() < 0) {
      throw new EOFException("the connection ended before a response");
    }
    in.reset();
  }

  Response readResponse(boolean head) throws IOException {
    String[] statusLine = readLine().split(" ", 3);
    int status = Integer.parseInt(statusLine[1]);
    Map<String, String> fields = new TreeMap<>();
    for (String line = readLine(); !line.isEmpty(); line = readLine()) {
      int colon = line.indexOf(':');
      fields.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    if (head || status == 304) {
      return new Response(status, fields, new byte[0]);
    }
    String length = fields.get("content-length");
    if (length == null) {
      return new Response(status, fields, in.readAllBytes());
    }
    byte[] body = in.readNBytes(Integer.parseInt(length));
    if (body.length != Integer.parseInt(length)) {
      throw new EOFException(body.length + " bytes of " + length);
    }
    return new Response(status, fields, body);
  }

  /** Whether the server has closed, and sent nothing more before. */
  boolean isAtEnd() throws IOException {
    return in.read() < 0;
  }

  private String readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the connection ended after '" + line + "'");
      }
      line.write(c);
    }
    return line.toString(StandardCharsets.ISO_8859_1).strip();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
