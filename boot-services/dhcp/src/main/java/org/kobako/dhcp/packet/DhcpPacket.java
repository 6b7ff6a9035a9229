package org.kobako.dhcp.packet;

import static org.kobako.dhcp.packet.PacketLayout.*;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kobako.boot.plan.MacAddress;
import org.kobako.dhcp.address.Ipv4Address;

/**
 * A message from a machine or a relay agent, read where it lies: a flyweight over the datagram. The
 * buffer is the caller's and must not change until the next {@link #wrap}; one thread at a time.
 *
 * <p>{@link #wrap} validates all of it, so that every other method is good for every packet. An
 * option that occurs more than once is the pieces' concatenation (RFC 3396), over the three places
 * that may hold options, in the order options, file, sname (RFC 3396 section 5).
 */
public final class DhcpPacket {
  /** The most that an unfragmented Ethernet frame carries behind its IP and UDP headers. */
  public static final int MAX_BYTES = 1472;

  private static final int CODES = 256;
  private static final byte[] NOTHING = {};

  private final int[] firstAt = new int[CODES];
  private final int[] lengthOf = new int[CODES];
  private final BitSet inPieces = new BitSet(CODES);
  private ByteBuffer buffer = ByteBuffer.allocate(0);
  private int overload;
  private MessageType type = MessageType.DISCOVER;

  /**
   * Looks at another datagram, from the buffer's position to its limit.
   *
   * @throws MalformedPacketException if it is not a whole, well-formed request of an Ethernet
   *     machine; the flyweight must be wrapped anew then
   */
  public DhcpPacket wrap(ByteBuffer datagram) throws MalformedPacketException {
    buffer = datagram.slice();
    validateHeader();
    Arrays.fill(firstAt, 0);
    Arrays.fill(lengthOf, 0);
    inPieces.clear();
    overload = 0;
    indexOptions(OPTIONS_OFFSET, buffer.limit());
    overload = oneByte(OptionCode.OVERLOAD);
    if ((overload & OVERLOAD_FILE) != 0) {
      indexOptions(FILE_OFFSET, FILE_OFFSET + FILE_BYTES);
    }
    if ((overload & OVERLOAD_SNAME) != 0) {
      indexOptions(SNAME_OFFSET, SNAME_OFFSET + SNAME_BYTES);
    }
    type =
        MessageType.ofCode(oneByte(OptionCode.MESSAGE_TYPE))
            .orElseThrow(() -> new MalformedPacketException("no message type of DHCP"));
    validateEchoed(OptionCode.CLIENT_ID);
    validateEchoed(OptionCode.MACHINE_ID);
    validateEchoed(OptionCode.RELAY_AGENT);
    return this;
  }

  private void validateHeader() throws MalformedPacketException {
    if (buffer.limit() < OPTIONS_OFFSET) {
      throw new MalformedPacketException("shorter than a header");
    }
    if (buffer.limit() > MAX_BYTES) {
      throw new MalformedPacketException("longer than a frame");
    }
    if (buffer.get(OP_OFFSET) != OP_REQUEST) {
      throw new MalformedPacketException("not a request");
    }
    if (buffer.get(HLEN_OFFSET) != ETHERNET_BYTES || mac().bits() == 0) {
      throw new MalformedPacketException("not from an Ethernet machine");
    }
    if (buffer.getInt(COOKIE_OFFSET) != COOKIE) {
      throw new MalformedPacketException("BOOTP without DHCP");
    }
  }

  /** What a reply repeats must leave room in it. */
  private void validateEchoed(int code) throws MalformedPacketException {
    if (lengthOf[code] > MAX_OPTION_BYTES) {
      throw new MalformedPacketException("option " + code + " is longer than 255 bytes");
    }
  }

  /**
   * Walks over one of the places. An END that is missing is forgiven where the place ends, as the
   * DHCP servers in use do.
   */
  private void indexOptions(int start, int limit) throws MalformedPacketException {
    int offset = start;
    while (offset < limit) {
      int code = buffer.get(offset) & 0xff;
      if (code == OptionCode.END) {
        return;
      }
      if (code == OptionCode.PAD) {
        offset++;
        continue;
      }
      if (limit - offset < 2 || lengthAt(offset) > limit - offset - 2) {
        throw new MalformedPacketException("option " + code + " is cut off");
      }
      if (firstAt[code] == 0) {
        firstAt[code] = offset;
      } else {
        inPieces.set(code);
      }
      lengthOf[code] += lengthAt(offset);
      offset += 2 + lengthAt(offset);
    }
  }

  private int lengthAt(int offset) {
    return buffer.get(offset + 1) & 0xff;
  }

  public MessageType type() {
    return type;
  }

  public int xid() {
    return buffer.getInt(XID_OFFSET);
  }

  /** Seconds since the machine began to ask, as it says: some count otherwise, UEFI not at all. */
  public int secs() {
    return buffer.getShort(SECS_OFFSET) & 0xffff;
  }

  public boolean wantsBroadcast() {
    return (buffer.getShort(FLAGS_OFFSET) & BROADCAST_FLAG) != 0;
  }

  public Ipv4Address machineAddress() {
    return addressAt(CIADDR_OFFSET);
  }

  /** Of the relay agent, {@link Ipv4Address#NONE} if the request came over the link itself. */
  public Ipv4Address relay() {
    return addressAt(GIADDR_OFFSET);
  }

  private Ipv4Address addressAt(int offset) {
    return new Ipv4Address(buffer.getInt(offset));
  }

  public MacAddress mac() {
    byte[] bytes = new byte[MacAddress.BYTES];
    buffer.get(CHADDR_OFFSET, bytes);
    return MacAddress.of(bytes, 0);
  }

  public boolean has(int code) {
    return firstAt[code] != 0;
  }

  /** An option's value, of all its pieces; empty if it is not there. */
  public byte[] option(int code) {
    if (!has(code)) {
      return NOTHING;
    }
    byte[] value = new byte[lengthOf[code]];
    if (!inPieces.get(code)) {
      buffer.get(firstAt[code] + 2, value);
      return value;
    }
    int filled = gather(code, OPTIONS_OFFSET, buffer.limit(), value, 0);
    if ((overload & OVERLOAD_FILE) != 0) {
      filled = gather(code, FILE_OFFSET, FILE_OFFSET + FILE_BYTES, value, filled);
    }
    if ((overload & OVERLOAD_SNAME) != 0) {
      gather(code, SNAME_OFFSET, SNAME_OFFSET + SNAME_BYTES, value, filled);
    }
    return value;
  }

  /** Takes an option's pieces out of one of the places, which is known to be well-formed. */
  private int gather(int wanted, int start, int limit, byte[] value, int filled) {
    int offset = start;
    while (offset < limit) {
      int code = buffer.get(offset) & 0xff;
      if (code == OptionCode.END) {
        break;
      }
      if (code == OptionCode.PAD) {
        offset++;
        continue;
      }
      if (code == wanted) {
        buffer.get(offset + 2, value, filled, lengthAt(offset));
        filled += lengthAt(offset);
      }
      offset += 2 + lengthAt(offset);
    }
    return filled;
  }

  /** An option of text, up to a NUL if it has one; empty if it is not there. */
  public String text(int code) {
    String text = new String(option(code), StandardCharsets.ISO_8859_1);
    int nul = text.indexOf('\0');
    return nul < 0 ? text : text.substring(0, nul);
  }

  /** An option that is one address; empty if it is not there, or is not one address. */
  public Optional<Ipv4Address> address(int code) {
    return lengthOf[code] == Integer.BYTES && !inPieces.get(code)
        ? Optional.of(addressAt(firstAt[code] + 2))
        : Optional.empty();
  }

  /** The first two bytes of an option as an unsigned number; -1 if it has not got them. */
  public int number(int code) {
    return lengthOf[code] >= Short.BYTES && lengthAt(firstAt[code]) >= Short.BYTES
        ? buffer.getShort(firstAt[code] + 2) & 0xffff
        : -1;
  }

  /** The value of an option of one byte; 0 if it is not there, or is not one byte. */
  private int oneByte(int code) {
    return lengthOf[code] == 1 ? buffer.get(firstAt[code] + 2) & 0xff : 0;
  }

  /** Whether the machine asks for an option; one that names none takes what it is given. */
  public boolean asksFor(int code) {
    if (!has(OptionCode.PARAMETER_LIST)) {
      return true;
    }
    for (byte asked : option(OptionCode.PARAMETER_LIST)) {
      if ((asked & 0xff) == code) {
        return true;
      }
    }
    return false;
  }

  /** Option 61, null if the machine has none or one of no use. */
  public @Nullable ClientId clientId() {
    byte[] value = option(OptionCode.CLIENT_ID);
    return value.length < ClientId.MIN_BYTES ? null : new ClientId(value);
  }

  /** The fields that a reply repeats. */
  void copyTo(ByteBuffer reply) {
    reply.put(HTYPE_OFFSET, buffer.get(HTYPE_OFFSET));
    reply.put(HLEN_OFFSET, buffer.get(HLEN_OFFSET));
    reply.put(XID_OFFSET, buffer, XID_OFFSET, Integer.BYTES);
    reply.put(FLAGS_OFFSET, buffer, FLAGS_OFFSET, Short.BYTES);
    reply.put(GIADDR_OFFSET, buffer, GIADDR_OFFSET, Integer.BYTES);
    reply.put(CHADDR_OFFSET, buffer, CHADDR_OFFSET, CHADDR_BYTES);
  }
}
