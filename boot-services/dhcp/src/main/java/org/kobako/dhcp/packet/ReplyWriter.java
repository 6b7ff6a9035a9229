package org.kobako.dhcp.packet;

import static org.kobako.dhcp.packet.PacketLayout.*;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import org.kobako.dhcp.address.Ipv4Address;

/**
 * Writes one reply. Options stand in the order of the calls; one that has no room any more is left
 * out, so the needful ones go first. The relay agent's option, the machine's identifiers and END
 * always have room.
 */
public final class ReplyWriter {
  /**
   * Before DHCP, messages had 300 bytes; relay agents and ROMs of then drop shorter ones (RFC 1542
   * section 2.1).
   */
  public static final int MIN_BYTES = 300;

  /** What every machine must take: 576 bytes with IP and UDP headers (RFC 2131 section 2). */
  private static final int DEFAULT_MAX_BYTES = 548;

  private static final int HEADERS_BYTES = 28;

  /**
   * What an address and its times take, which is more than a machine's identifiers may displace.
   */
  private static final int NEEDFUL_BYTES = 64;

  private static final int END_BYTES = 1;

  private final DhcpPacket request;
  private final ByteBuffer reply;
  private final int optionsLimit;

  /** Begins a reply to a request, from us. */
  public ReplyWriter(DhcpPacket request, MessageType type, Ipv4Address server) {
    this.request = request;
    int echoedBytes =
        echoedBytes(OptionCode.CLIENT_ID)
            + echoedBytes(OptionCode.MACHINE_ID)
            + echoedBytes(OptionCode.RELAY_AGENT);
    this.reply =
        ByteBuffer.allocate(
            Math.max(maxBytes(request), OPTIONS_OFFSET + NEEDFUL_BYTES + echoedBytes + END_BYTES));
    this.optionsLimit = reply.capacity() - END_BYTES - echoedBytes;
    request.copyTo(reply);
    reply.put(OP_OFFSET, OP_REPLY);
    reply.putInt(COOKIE_OFFSET, COOKIE);
    reply.position(OPTIONS_OFFSET);
    option(OptionCode.MESSAGE_TYPE, type.code());
    option(OptionCode.SERVER_ID, server);
  }

  /**
   * As much as the machine takes in one message, option 57, but no more than a frame, as UEFI says
   * 65280.
   */
  private static int maxBytes(DhcpPacket request) {
    int said = request.number(OptionCode.MAX_MESSAGE_LENGTH) - HEADERS_BYTES;
    return Math.clamp(said, DEFAULT_MAX_BYTES, DhcpPacket.MAX_BYTES);
  }

  /** RFC 6842: a client identifier is repeated; PXE wants the same of 97, RFC 3046 of 82. */
  private int echoedBytes(int code) {
    return request.has(code) ? encodedBytes(request.option(code).length) : 0;
  }

  private static int encodedBytes(int length) {
    int pieces = Math.max(1, Math.ceilDiv(length, MAX_OPTION_BYTES));
    return length + 2 * pieces;
  }

  /** What the machine's address is, or will be. */
  public ReplyWriter machine(Ipv4Address address) {
    reply.putInt(YIADDR_OFFSET, address.bits());
    return this;
  }

  /** Repeats the address that the machine says it has (RFC 2131 section 4.3.1, table 3). */
  public ReplyWriter repeatMachineAddress() {
    reply.putInt(CIADDR_OFFSET, request.machineAddress().bits());
    return this;
  }

  /** A relay agent then broadcasts the reply on its link (RFC 2131 section 4.3.2). */
  public ReplyWriter broadcastByRelay() {
    reply.putShort(FLAGS_OFFSET, (short) (reply.getShort(FLAGS_OFFSET) | BROADCAST_FLAG));
    return this;
  }

  /** Where the boot file is. */
  public ReplyWriter nextServer(Ipv4Address address) {
    reply.putInt(SIADDR_OFFSET, address.bits());
    return this;
  }

  /** The boot file's name in the header's field; left out if it is too long for that. */
  public ReplyWriter fileField(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
    if (bytes.length < FILE_BYTES) {
      reply.put(FILE_OFFSET, bytes);
    }
    return this;
  }

  public ReplyWriter option(int code, byte... value) {
    return put(code, value, optionsLimit);
  }

  public ReplyWriter option(int code, Ipv4Address address) {
    return option(code, address.bytes());
  }

  /** Several addresses, best first; nothing if there are none. */
  public ReplyWriter option(int code, List<Ipv4Address> addresses) {
    if (addresses.isEmpty()) {
      return this;
    }
    ByteBuffer value = ByteBuffer.allocate(addresses.size() * Integer.BYTES);
    addresses.forEach(address -> value.putInt(address.bits()));
    return option(code, value.array());
  }

  public ReplyWriter option(int code, String text) {
    return option(code, text.getBytes(StandardCharsets.US_ASCII));
  }

  public ReplyWriter optionSeconds(int code, long seconds) {
    return option(code, ByteBuffer.allocate(Integer.BYTES).putInt((int) seconds).array());
  }

  /** Over 255 bytes in pieces, one behind the other (RFC 3396). */
  private ReplyWriter put(int code, byte[] value, int limit) {
    if (encodedBytes(value.length) > limit - reply.position()) {
      return this;
    }
    int offset = 0;
    do {
      int length = Math.min(value.length - offset, MAX_OPTION_BYTES);
      reply.put((byte) code).put((byte) length).put(value, offset, length);
      offset += length;
    } while (offset < value.length);
    return this;
  }

  /** Ends the reply: the bytes to send, from position to limit. */
  public ByteBuffer end() {
    echo(OptionCode.CLIENT_ID);
    echo(OptionCode.MACHINE_ID);
    echo(OptionCode.RELAY_AGENT); // RFC 3046 section 2.2: behind all others
    reply.put((byte) OptionCode.END);
    reply.position(Math.max(reply.position(), MIN_BYTES));
    return reply.flip();
  }

  private void echo(int code) {
    if (request.has(code)) {
      put(code, request.option(code), reply.capacity() - END_BYTES);
    }
  }

  /** Where the value of an option lies in a reply that we wrote. */
  public static OptionalInt optionOffset(ByteBuffer reply, int wanted) {
    int offset = OPTIONS_OFFSET;
    while (offset < reply.limit()) {
      int code = reply.get(offset) & 0xff;
      if (code == wanted) {
        return OptionalInt.of(offset + 2);
      }
      if (code == OptionCode.END) {
        break;
      }
      offset += 2 + (reply.get(offset + 1) & 0xff);
    }
    return OptionalInt.empty();
  }
}
