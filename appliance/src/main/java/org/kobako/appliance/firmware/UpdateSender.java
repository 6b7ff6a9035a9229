package org.kobako.appliance.firmware;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongConsumer;
import org.kobako.block.client.fetch.UpstreamUrl;

/**
 * Sends an update file to a box: PUT, with the body when the box has said that it wants it (RFC
 * 9110 section 10.1.1), so that a wrong secret costs no transfer. Java's own HTTP clients lose the
 * answer of a server that refuses a body halfway.
 */
public final class UpdateSender {
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** A box writes a card, and reads it back, before it answers. */
  private static final Duration ANSWER = Duration.ofMinutes(10);

  private static final int PIECE_BYTES = 64 << 10;
  private static final int MAX_LINE_CHARS = 4 << 10;
  private static final int MAX_HEADER_LINES = 64;
  private static final int MAX_BODY_BYTES = 4 << 10;
  private static final int CONTINUE = 100;

  /** What the box said, with HTTP's status code. */
  public record Answer(int status, String sentence) {
    public boolean isTaken() {
      return status == 200;
    }
  }

  private final UpstreamUrl box;
  private final String secret;

  public UpdateSender(UpstreamUrl box, String secret) {
    this.box = box;
    this.secret = secret;
  }

  /**
   * Sends one.
   *
   * @param older whether it may replace what is not older
   * @param progress told how many bytes are sent
   * @throws IOException if the box cannot be reached, or gave no answer
   */
  public Answer send(Path update, boolean older, LongConsumer progress) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(box.host(), box.port()), (int) CONNECT.toMillis());
      socket.setSoTimeout((int) ANSWER.toMillis());
      OutputStream out = socket.getOutputStream();
      InputStream in = new BufferedInputStream(socket.getInputStream());
      out.write(head(Files.size(update), older).getBytes(StandardCharsets.ISO_8859_1));
      Answer answer = read(in);
      if (answer.status() == CONTINUE) {
        sendBody(update, out, progress);
        answer = read(in);
      }
      return answer;
    }
  }

  private String head(long length, boolean older) {
    return "PUT "
        + box.path()
        + "update"
        + (older ? "?older=yes" : "")
        + " HTTP/1.1\r\n"
        + ("Host: " + box.authority() + "\r\n")
        + ("Authorization: Bearer " + secret + "\r\n")
        + ("Content-Length: " + length + "\r\n")
        + "Expect: 100-continue\r\n"
        + "Connection: close\r\n\r\n";
  }

  /** A box that wants no more of it has answered, which is read next. */
  private static void sendBody(Path update, OutputStream out, LongConsumer progress)
      throws IOException {
    byte[] piece = new byte[PIECE_BYTES];
    try (InputStream file = Files.newInputStream(update)) {
      long sent = 0;
      for (int length = file.read(piece); length >= 0; length = file.read(piece)) {
        try {
          out.write(piece, 0, length);
        } catch (IOException refused) {
          return;
        }
        sent += length;
        progress.accept(sent);
      }
    }
  }

  private static Answer read(InputStream in) throws IOException {
    String[] status = line(in).split(" ", 3);
    if (status.length < 2
        || !status[0].startsWith("HTTP/1.")
        || !status[1].matches("[1-5]\\d\\d")) {
      throw new IOException("what answers is no web server");
    }
    int lengthBytes = 0;
    int lines = 0;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        lengthBytes = bodyBytes(line.substring(line.indexOf(':') + 1).strip());
      }
      if (++lines > MAX_HEADER_LINES) {
        throw new IOException("the answer has too many header lines");
      }
    }
    String body = new String(in.readNBytes(lengthBytes), StandardCharsets.UTF_8);
    return new Answer(Integer.parseInt(status[1]), body.lines().findFirst().orElse(status[1]));
  }

  private static int bodyBytes(String digits) {
    return digits.matches("\\d{1,9}") ? Math.min(Integer.parseInt(digits), MAX_BODY_BYTES) : 0;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0 || line.length() == MAX_LINE_CHARS) {
        throw new EOFException("the box ended the connection without an answer");
      }
      line.append((char) c);
    }
    return line.toString().stripTrailing();
  }
}
