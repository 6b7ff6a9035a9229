package org.kobako.block.client.fetch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The head of one HTTP/1.1 response (RFC 9112, 4 to 6), as far as a block needs it: a flyweight
 * that is parsed anew for each response and allocates nothing for a well-formed one.
 */
final class HttpHead {
  enum Framing {
    /** {@code Content-Length} says how long the body is. */
    LENGTH,
    /** {@code Transfer-Encoding: chunked}. */
    CHUNKED,
    /** The body ends with the connection. */
    UNTIL_CLOSE
  }

  private static final byte[] VERSION = ascii("HTTP/1.");
  private static final byte[] CONTENT_LENGTH = ascii("content-length");
  private static final byte[] TRANSFER_ENCODING = ascii("transfer-encoding");
  private static final byte[] CONTENT_ENCODING = ascii("content-encoding");
  private static final byte[] CONNECTION = ascii("connection");
  private static final byte[] CHUNKED = ascii("chunked");
  private static final byte[] IDENTITY = ascii("identity");
  private static final byte[] CLOSE = ascii("close");
  private static final byte[] KEEP_ALIVE = ascii("keep-alive");

  private static final int STATUS_OFFSET = 9;
  private static final int MIN_STATUS_LINE_BYTES = 12;
  private static final int MAX_LENGTH_DIGITS = 18;

  private int status;
  private long contentLength;
  private boolean chunked;
  private boolean keepsAlive;

  int status() {
    return status;
  }

  /** -1 where the head does not say. */
  long contentLength() {
    return contentLength;
  }

  boolean keepsAlive() {
    return keepsAlive;
  }

  Framing framing() {
    if (chunked) {
      return Framing.CHUNKED;
    }
    boolean bodiless = status == 204 || status == 304;
    return contentLength >= 0 || bodiless ? Framing.LENGTH : Framing.UNTIL_CLOSE;
  }

  /**
   * Looks for the empty line.
   *
   * @param bytes filled up to its position
   * @return offset of the first byte of the body, or -1 while the head is not whole
   */
  static int end(ByteBuffer bytes) {
    int position = bytes.position();
    for (int i = 0; i < position; i++) {
      if (bytes.get(i) == '\n') {
        int next = i + 1 < position && bytes.get(i + 1) == '\r' ? i + 2 : i + 1;
        if (next < position && bytes.get(next) == '\n') {
          return next + 1;
        }
      }
    }
    return -1;
  }

  /**
   * Reads a whole head.
   *
   * @param headEnd as {@link #end} says
   * @throws IOException if it is not HTTP/1.x, or is framed in two ways at once
   */
  void parse(ByteBuffer bytes, int headEnd) throws IOException {
    contentLength = -1;
    chunked = false;
    int lineEnd = lineEnd(bytes, 0, headEnd);
    parseStatusLine(bytes, lineEnd);
    for (int line = lineEnd + 1; line < headEnd; line = lineEnd + 1) {
      lineEnd = lineEnd(bytes, line, headEnd);
      parseField(bytes, line, lineEnd);
    }
    if (chunked && contentLength >= 0) {
      // RFC 9112, 6.3: smells of request smuggling; nothing that follows can be believed.
      throw new IOException("its answer has both a length and chunks");
    }
    if (contentLength < 0 && framing() == Framing.LENGTH) {
      contentLength = 0;
    }
  }

  private void parseStatusLine(ByteBuffer bytes, int lineEnd) throws IOException {
    if (lineEnd < MIN_STATUS_LINE_BYTES || !matches(bytes, 0, VERSION)) {
      throw new IOException("it does not answer in HTTP/1.1");
    }
    int value = 0;
    for (int i = STATUS_OFFSET; i < STATUS_OFFSET + 3; i++) {
      int digit = bytes.get(i) - '0';
      if (digit < 0 || digit > 9) {
        throw new IOException("it answers without a status");
      }
      value = value * 10 + digit;
    }
    status = value;
    // HTTP/1.0 closes unless it says otherwise.
    keepsAlive = bytes.get(VERSION.length) != '0';
  }

  private void parseField(ByteBuffer bytes, int line, int lineEnd) throws IOException {
    int colon = line;
    while (colon < lineEnd && bytes.get(colon) != ':') {
      colon++;
    }
    if (colon == lineEnd) {
      return;
    }
    int start = colon + 1;
    int end = lineEnd;
    while (start < end && isSpace(bytes.get(start))) {
      start++;
    }
    while (end > start && isSpace(bytes.get(end - 1))) {
      end--;
    }
    int nameLength = colon - line;
    if (isName(bytes, line, nameLength, CONTENT_LENGTH)) {
      long length = parseLength(bytes, start, end);
      if (contentLength >= 0 && contentLength != length) {
        throw new IOException("its answer has two lengths");
      }
      contentLength = length;
    } else if (isName(bytes, line, nameLength, TRANSFER_ENCODING)) {
      if (!isName(bytes, start, end - start, CHUNKED)) {
        throw new IOException("its answer has a transfer coding that is not chunked");
      }
      chunked = true;
    } else if (isName(bytes, line, nameLength, CONTENT_ENCODING)) {
      if (!isName(bytes, start, end - start, IDENTITY)) {
        throw new IOException("it compresses what it sends, though nobody asked for it");
      }
    } else if (isName(bytes, line, nameLength, CONNECTION)) {
      if (isName(bytes, start, end - start, CLOSE)) {
        keepsAlive = false;
      } else if (isName(bytes, start, end - start, KEEP_ALIVE)) {
        keepsAlive = true;
      }
    }
  }

  private static long parseLength(ByteBuffer bytes, int start, int end) throws IOException {
    if (start == end || end - start > MAX_LENGTH_DIGITS) {
      throw new IOException("its answer has a length that is no number");
    }
    long value = 0;
    for (int i = start; i < end; i++) {
      int digit = bytes.get(i) - '0';
      if (digit < 0 || digit > 9) {
        throw new IOException("its answer has a length that is no number");
      }
      value = value * 10 + digit;
    }
    return value;
  }

  /** Offset of the line feed. */
  private static int lineEnd(ByteBuffer bytes, int from, int headEnd) {
    int i = from;
    while (i < headEnd - 1 && bytes.get(i) != '\n') {
      i++;
    }
    return i;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\r';
  }

  private static boolean matches(ByteBuffer bytes, int offset, byte[] expected) {
    for (int i = 0; i < expected.length; i++) {
      if (bytes.get(offset + i) != expected[i]) {
        return false;
      }
    }
    return true;
  }

  /** Compares without regard to case; {@code expected} is in lower case. */
  private static boolean isName(ByteBuffer bytes, int offset, int length, byte[] expected) {
    if (length != expected.length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      byte b = bytes.get(offset + i);
      if ((b >= 'A' && b <= 'Z' ? b + 32 : b) != expected[i]) {
        return false;
      }
    }
    return true;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
