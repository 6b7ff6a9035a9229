package org.kobako.appliance.bench.proxy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.kobako.block.format.StorePath;
import org.kobako.block.format.digest.Sha256;

/**
 * A store some way off: each answer comes after the time of a round trip. Its blocks do not
 * compress, and differ in their first bytes only. Counts what it sends. A thread for each
 * connection.
 */
final class Origin implements AutoCloseable {
  private final ServerSocket listener;
  private final long delayMs;
  private final byte[] common;
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> paths = new ArrayList<>();
  private final AtomicLong sentBytes = new AtomicLong();

  Origin(int count, int blockBytes, long delayMs) throws IOException {
    this.delayMs = delayMs;
    this.common = new byte[blockBytes];
    new Random(6).nextBytes(common);
    for (int i = 0; i < count; i++) {
      String digestHex = HexFormat.of().formatHex(Sha256.begin().digest(block(i)));
      String path = "/" + new StorePath.Block(digestHex).relative();
      numbers.put(path, i);
      paths.add(path);
    }
    listener = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().name("origin").daemon().start(this::accept);
  }

  private byte[] block(int number) {
    byte[] block = common.clone();
    ByteBuffer.wrap(block).putInt(number);
    return block;
  }

  int port() {
    return listener.getLocalPort();
  }

  String url() {
    return "http://127.0.0.1:" + port();
  }

  List<String> paths() {
    return paths;
  }

  /** Bytes of bodies since the start. */
  long sentBytes() {
    return sentBytes.get();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        Thread.ofPlatform().name("origin-connection").daemon().start(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      OutputStream out = socket.getOutputStream();
      String request;
      while ((request = in.readLine()) != null) {
        String field;
        while ((field = in.readLine()) != null && !field.isEmpty()) {
          // No answer depends on one.
        }
        Thread.sleep(delayMs);
        Integer number = numbers.get(request.split(" ", -1)[1]);
        byte[] body = number == null ? null : block(number);
        String status = body == null ? "404 Not Found" : "200 OK";
        int length = body == null ? 0 : body.length;
        out.write(
            ("HTTP/1.1 "
                    + status
                    + "\r\nCache-Control: public, max-age=31536000, immutable\r\nContent-Length: "
                    + length
                    + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        if (body != null) {
          out.write(body);
          sentBytes.addAndGet(length);
        }
      }
    } catch (IOException | InterruptedException gone) {
      // The cache hung up, or the suite is over.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
