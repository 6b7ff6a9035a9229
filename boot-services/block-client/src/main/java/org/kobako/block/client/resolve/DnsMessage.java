package org.kobako.block.client.resolve;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The two messages of a stub resolver (RFC 1035, 4): a question for the addresses of a name, and
 * its answer.
 *
 * <pre>
 *   0       2       4       6       8       10      12
 *   +-------+-------+-------+-------+-------+-------+------------------+-----------
 *   |  id   | flags |  qd   |  an   |  ns   |  ar   | name, type,class | records...
 *   +-------+-------+-------+-------+-------+-------+------------------+-----------
 * </pre>
 */
final class DnsMessage {
  static final int TYPE_A = 1;
  static final int TYPE_AAAA = 28;

  private static final int TYPE_CNAME = 5;
  private static final int CLASS_IN = 1;

  private static final int HEADER_BYTES = 12;
  private static final int FLAGS_RECURSION_DESIRED = 0x0100;
  private static final int FLAG_RESPONSE = 0x8000;
  private static final int FLAG_TRUNCATED = 0x0200;
  private static final int OPCODE_MASK = 0x7800;
  private static final int CODE_MASK = 0x000f;

  private static final int MAX_NAME_BYTES = 255;
  private static final int MAX_LABEL_BYTES = 63;
  private static final int POINTER = 0xc0;

  /** More are passed over. */
  private static final int MAX_ADDRESSES = 32;

  private DnsMessage() {}

  /**
   * What a server says.
   *
   * @param code 0, or why there is nothing (RFC 1035, 4.1.1)
   * @param ttlSeconds the least of the records that count; 0 where there are none
   */
  record Answer(int code, boolean truncated, List<InetAddress> addresses, long ttlSeconds) {
    static final int NO_ERROR = 0;
    static final int NO_SUCH_NAME = 3;
  }

  /**
   * Writes a question.
   *
   * @throws IllegalArgumentException if no name can be like this
   */
  static ByteBuffer question(int id, String name, int type) {
    ByteBuffer message = ByteBuffer.allocate(HEADER_BYTES + MAX_NAME_BYTES + 4);
    message.putShort((short) id).putShort((short) FLAGS_RECURSION_DESIRED);
    message.putShort((short) 1).putShort((short) 0).putInt(0);
    byte[] text = name.getBytes(StandardCharsets.US_ASCII);
    if (text.length > MAX_NAME_BYTES - 2) {
      throw new IllegalArgumentException(name + " is too long for a name");
    }
    int start = 0;
    for (int at = 0; at <= text.length; at++) {
      if (at == text.length || text[at] == '.') {
        int length = at - start;
        if (length == 0 && at == text.length && at > 0) {
          break; // The dot at the end of an absolute name.
        }
        if (length == 0 || length > MAX_LABEL_BYTES) {
          throw new IllegalArgumentException(name + " has a label that no name can have");
        }
        message.put((byte) length).put(text, start, length);
        start = at + 1;
      }
    }
    return message.put((byte) 0).putShort((short) type).putShort((short) CLASS_IN).flip();
  }

  /**
   * Reads the answer to a question.
   *
   * @param message from its position to its limit
   * @param question as it was sent
   * @throws MalformedAnswerException if it is no answer to it
   */
  static Answer answer(ByteBuffer message, ByteBuffer question) throws MalformedAnswerException {
    ByteBuffer in = message.slice();
    ByteBuffer asked = question.slice();
    if (in.remaining() < asked.remaining()) {
      throw new MalformedAnswerException("it is shorter than the question");
    }
    int flags = in.getShort(2);
    if (in.getShort(0) != asked.getShort(0)
        || (flags & FLAG_RESPONSE) == 0
        || (flags & OPCODE_MASK) != 0
        || in.getShort(4) != 1) {
      throw new MalformedAnswerException("it answers another question");
    }
    in.position(HEADER_BYTES);
    asked.position(HEADER_BYTES);
    String target = readName(in);
    String name = readName(asked);
    int type = asked.getShort();
    if (!target.equals(name)
        || in.remaining() < 4
        || in.getShort() != type
        || in.getShort() != CLASS_IN) {
      throw new MalformedAnswerException("it repeats another question");
    }
    List<InetAddress> addresses = new ArrayList<>();
    long ttl = Long.MAX_VALUE;
    int records = Short.toUnsignedInt(in.getShort(6));
    for (int i = 0; i < records && addresses.size() < MAX_ADDRESSES; i++) {
      String owner = readName(in);
      if (in.remaining() < 10) {
        throw new MalformedAnswerException("a record is cut short");
      }
      int recordType = in.getShort();
      int recordClass = in.getShort();
      int recordTtl = in.getInt();
      int length = Short.toUnsignedInt(in.getShort());
      if (length > in.remaining()) {
        throw new MalformedAnswerException("a record is longer than the message");
      }
      int end = in.position() + length;
      boolean counts = owner.equals(target) && recordClass == CLASS_IN;
      if (counts && recordType == TYPE_CNAME) {
        // Servers put an alias before what it leads to.
        target = readName(in);
        ttl = Math.min(ttl, Math.max(0, recordTtl));
      } else if (counts && recordType == type) {
        addresses.add(readAddress(in, length, type));
        ttl = Math.min(ttl, Math.max(0, recordTtl));
      }
      in.position(end);
    }
    return new Answer(
        flags & CODE_MASK,
        (flags & FLAG_TRUNCATED) != 0,
        List.copyOf(addresses),
        addresses.isEmpty() ? 0 : ttl);
  }

  private static InetAddress readAddress(ByteBuffer in, int length, int type)
      throws MalformedAnswerException {
    if (length != (type == TYPE_A ? 4 : 16)) {
      throw new MalformedAnswerException("an address has " + length + " bytes");
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 bytes", e);
    }
  }

  /**
   * Reads a name, in lower case, and leaves the buffer behind it. Each pointer leads further to the
   * front than the one before (RFC 1035, 4.1.4), so there is no loop.
   */
  private static String readName(ByteBuffer in) throws MalformedAnswerException {
    StringBuilder name = new StringBuilder();
    int bytes = 0;
    int at = in.position();
    int front = at;
    int behind = -1;
    while (true) {
      int length = Byte.toUnsignedInt(byteAt(in, at));
      if (length >= POINTER) {
        int to = (length & ~POINTER) << 8 | Byte.toUnsignedInt(byteAt(in, at + 1));
        if (to >= front) {
          throw new MalformedAnswerException("a name points forward");
        }
        behind = behind < 0 ? at + 2 : behind;
        front = to;
        at = to;
        continue;
      }
      if (length == 0) {
        in.position(behind < 0 ? at + 1 : behind);
        return name.toString().toLowerCase(Locale.ROOT);
      }
      bytes += 1 + length;
      if (length > MAX_LABEL_BYTES || bytes > MAX_NAME_BYTES || length > in.limit() - at - 1) {
        throw new MalformedAnswerException("a name is too long");
      }
      for (int i = 1; i <= length; i++) {
        char c = (char) Byte.toUnsignedInt(in.get(at + i));
        name.append(c == '.' ? "\\." : c);
      }
      name.append('.');
      at += 1 + length;
    }
  }

  private static byte byteAt(ByteBuffer in, int at) throws MalformedAnswerException {
    if (at >= in.limit()) {
      throw new MalformedAnswerException("a name is cut short");
    }
    return in.get(at);
  }
}
