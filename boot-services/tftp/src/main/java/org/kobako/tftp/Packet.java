package org.kobako.tftp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A TFTP packet over the caller's buffer, big-endian from its start (RFC 1350 section 5, RFC 2347).
 *
 * <pre>
 *   0        2          4
 *   +--------+----------+------------
 *   |   3    |  number  | data ...        DATA
 *   |   4    |  number  |                 ACK
 *   |   5    |   code   | text ... 0      ERROR
 *   +--------+----------+------------
 *   |   1    | name ... 0 mode ... 0 (option ... 0 value ... 0)*     RRQ; 2 is WRQ
 *   |   6    | (option ... 0 value ... 0)*                           OACK
 *   +--------+------------
 * </pre>
 */
final class Packet {
  static final int RRQ = 1;
  static final int WRQ = 2;
  static final int DATA = 3;
  static final int ACK = 4;
  static final int ERROR = 5;
  static final int OACK = 6;

  static final int OPCODE_OFFSET = 0;
  static final int TEXT_OFFSET = 2;
  static final int NUMBER_OFFSET = 2;
  static final int CODE_OFFSET = 2;
  static final int DATA_OFFSET = 4;

  /** RFC 2347: a request is at most so long. */
  static final int MAX_REQUEST_BYTES = 512;

  /** RFC 1350; RFC 2348 says what may be asked instead. */
  static final int DEFAULT_DATA_BYTES = 512;

  static final int MIN_DATA_BYTES = 8;
  static final int MAX_DATA_BYTES = 65464;

  private Packet() {}

  /** The opcode, 0 if the packet is too short for its kind. */
  static int opcode(ByteBuffer packet) {
    if (packet.limit() < TEXT_OFFSET) {
      return 0;
    }
    int opcode = packet.getShort(OPCODE_OFFSET) & 0xffff;
    boolean hasNumber = opcode == DATA || opcode == ACK || opcode == ERROR;
    return hasNumber && packet.limit() < DATA_OFFSET ? 0 : opcode;
  }

  /** The 16 bits of a DATA or ACK that number it. */
  static int number(ByteBuffer packet) {
    return packet.getShort(NUMBER_OFFSET) & 0xffff;
  }

  /** Begins a DATA packet; its data follow at the buffer's position. */
  static void beginData(ByteBuffer packet, long number) {
    packet.clear().putShort((short) DATA).putShort((short) number);
  }

  /** Begins an OACK; its options follow. */
  static void beginOptions(ByteBuffer packet) {
    packet.clear().putShort((short) OACK);
  }

  static void putOption(ByteBuffer packet, String name, long value) {
    putText(packet, name);
    putText(packet, Long.toString(value));
  }

  static ByteBuffer error(ErrorCode code, String text) {
    ByteBuffer packet = ByteBuffer.allocate(DATA_OFFSET + text.length() + 1);
    packet.putShort((short) ERROR).putShort((short) code.number());
    putText(packet, text);
    return packet.flip();
  }

  private static void putText(ByteBuffer packet, String text) {
    packet.put(text.getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
  }
}
