package org.kobako.appliance.remote;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.kobako.block.client.fetch.UpstreamUrl;

/**
 * A kept connection to a box, for requests of which some have a body: one at a time, by one thread.
 * Java's own HTTP clients lose the answer of a server that refuses a body halfway.
 */
public final class BoxConnection implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(10);

  private static final int MAX_LINE_CHARS = 4 << 10;
  private static final int MAX_HEADER_LINES = 64;
  private static final int CONTINUE = 100;
  private static final int MAX_INTERIM_ANSWERS = 8;

  /** A body that is longer waits until the box has said that it wants it. */
  private static final int LONG_BODY_BYTES = 2 << 20;

  /** What the box said, with HTTP's status code. */
  public record Answer(int status, String body) {
    public boolean isGood() {
      return status == 200;
    }

    /** For people. */
    public String sentence() {
      return body.lines().findFirst().orElse("HTTP status " + status);
    }
  }

  /** What goes with a request. */
  public interface Body {
    /** None. */
    Body NONE =
        new Body() {
          @Override
          public long lengthBytes() {
            return 0;
          }

          @Override
          public void writeTo(OutputStream out) {}
        };

    long lengthBytes();

    /** Writes exactly so many bytes. */
    void writeTo(OutputStream out) throws IOException;
  }

  private final UpstreamUrl box;
  private final Optional<String> secret;
  private final Socket socket = new Socket();
  private final InputStream in;
  private boolean good = true;

  private BoxConnection(UpstreamUrl box, Optional<String> secret, Duration answer)
      throws IOException {
    this.box = box;
    this.secret = secret;
    try {
      socket.connect(new InetSocketAddress(box.host(), box.port()), (int) CONNECT.toMillis());
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) answer.toMillis());
      in = new BufferedInputStream(socket.getInputStream());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Connects.
   *
   * @param secret the admin secret, for what is not for everybody
   * @param answer how long the box may take for an answer
   */
  public static BoxConnection open(UpstreamUrl box, Optional<String> secret, Duration answer)
      throws IOException {
    return new BoxConnection(box, secret, answer);
  }

  /** Whether another request may follow: the box keeps the connection, and read the last whole. */
  public boolean isGood() {
    return good;
  }

  /**
   * Asks, and reads the answer.
   *
   * @param path below the box's URL, without a slash before
   * @param maxAnswerBytes of a longer one no more is read
   * @throws IOException if the box gave no answer
   */
  public Answer send(String method, String path, Body body, int maxAnswerBytes) throws IOException {
    boolean asksFirst = body.lengthBytes() > LONG_BODY_BYTES;
    OutputStream out = socket.getOutputStream();
    out.write(
        head(method, path, body.lengthBytes(), asksFirst).getBytes(StandardCharsets.ISO_8859_1));
    if (asksFirst) {
      Answer answer = read(maxAnswerBytes);
      if (answer.status() != CONTINUE) {
        good = false; // the box may wait for the body still
        return answer;
      }
    }
    try {
      body.writeTo(out);
      out.flush();
    } catch (IOException refused) {
      good = false; // a box that wants no more of it has answered, which is read next
    }
    for (int interim = 0; interim < MAX_INTERIM_ANSWERS; interim++) {
      Answer answer = read(maxAnswerBytes);
      if (answer.status() != CONTINUE) {
        return answer;
      }
    }
    throw new IOException("the box sends interim answers without end");
  }

  private String head(String method, String path, long length, boolean asksFirst) {
    return method
        + " "
        + box.path()
        + path
        + " HTTP/1.1\r\n"
        + ("Host: " + box.authority() + "\r\n")
        + secret.map(words -> "Authorization: Bearer " + words + "\r\n").orElse("")
        + (length > 0 || !method.equals("GET") ? "Content-Length: " + length + "\r\n" : "")
        + (asksFirst ? "Expect: 100-continue\r\n" : "")
        + "\r\n";
  }

  private Answer read(int maxBytes) throws IOException {
    String[] status = line().split(" ", 3);
    if (status.length < 2
        || !status[0].startsWith("HTTP/1.")
        || !status[1].matches("[1-5]\\d\\d")) {
      throw new IOException("what answers is no web server");
    }
    int lengthBytes = 0;
    int lines = 0;
    for (String line = line(); !line.isEmpty(); line = line()) {
      String field = line.toLowerCase(Locale.ROOT);
      if (field.startsWith("content-length:")) {
        lengthBytes = bodyBytes(line.substring(line.indexOf(':') + 1).strip());
      }
      good &= !field.matches("connection:\\s*close");
      if (++lines > MAX_HEADER_LINES) {
        throw new IOException("the answer has too many header lines");
      }
    }
    byte[] body = in.readNBytes(Math.min(lengthBytes, maxBytes));
    good &= body.length == lengthBytes;
    return new Answer(Integer.parseInt(status[1]), new String(body, StandardCharsets.UTF_8));
  }

  private static int bodyBytes(String digits) {
    return digits.matches("\\d{1,9}") ? Integer.parseInt(digits) : 0;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0 || line.length() == MAX_LINE_CHARS) {
        throw new EOFException("the box ended the connection without an answer");
      }
      line.append((char) c);
    }
    return line.toString().stripTrailing();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
