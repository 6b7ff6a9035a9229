package org.kobako.dhcp.packet;

import static org.kobako.dhcp.packet.PacketLayout.*;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import org.kobako.boot.plan.MacAddress;
import org.kobako.dhcp.address.Ipv4Address;

/**
 * A DISCOVER of our own, by which a box finds out whether somebody else gives out addresses. It
 * takes no offer, so it costs the other server an offer for some seconds at most.
 *
 * @param xid by which the answers are known
 */
public record ServerQuestion(int xid, MacAddress mac, String vendorClass) {

  /**
   * The question.
   *
   * @param relay whose relay agent we pretend to be, so that the answer comes to our port 67;
   *     {@link Ipv4Address#NONE} for an answer to everybody's port 68
   */
  public ByteBuffer ask(Ipv4Address relay) {
    ByteBuffer packet = ByteBuffer.allocate(ReplyWriter.MIN_BYTES);
    packet.put(OP_OFFSET, OP_REQUEST);
    packet.put(HTYPE_OFFSET, (byte) 1);
    packet.put(HLEN_OFFSET, ETHERNET_BYTES);
    packet.putInt(XID_OFFSET, xid);
    packet.putShort(FLAGS_OFFSET, (short) BROADCAST_FLAG);
    packet.putInt(GIADDR_OFFSET, relay.bits());
    packet.put(CHADDR_OFFSET, mac.bytes());
    packet.putInt(COOKIE_OFFSET, COOKIE);
    byte[] text = vendorClass.getBytes(StandardCharsets.US_ASCII);
    packet.position(OPTIONS_OFFSET);
    packet.put((byte) OptionCode.MESSAGE_TYPE).put((byte) 1).put(MessageType.DISCOVER.code());
    packet.put((byte) OptionCode.VENDOR_CLASS).put((byte) text.length).put(text);
    packet.put((byte) OptionCode.END);
    return packet.rewind();
  }

  /** Whoever asks such a question in this datagram, as a relay agent. */
  public static Optional<Ipv4Address> askedIn(ByteBuffer datagram, String vendorClass) {
    try {
      DhcpPacket packet = new DhcpPacket().wrap(datagram);
      return packet.type() == MessageType.DISCOVER
              && packet.text(OptionCode.VENDOR_CLASS).equals(vendorClass)
              && !packet.relay().isNone()
          ? Optional.of(packet.relay())
          : Optional.empty();
    } catch (MalformedPacketException e) {
      return Optional.empty();
    }
  }

  /** The server that offers an address in this datagram, if it is an answer to the question. */
  public Optional<Ipv4Address> serverIn(ByteBuffer datagram) {
    ByteBuffer packet = datagram.slice();
    if (packet.limit() < OPTIONS_OFFSET
        || packet.get(OP_OFFSET) != OP_REPLY
        || packet.getInt(XID_OFFSET) != xid
        || packet.getInt(COOKIE_OFFSET) != COOKIE
        || packet.getInt(YIADDR_OFFSET) == 0) {
      return Optional.empty();
    }
    OptionalInt server = valueOffset(packet, OptionCode.SERVER_ID, Integer.BYTES);
    OptionalInt type = valueOffset(packet, OptionCode.MESSAGE_TYPE, 1);
    return server.isPresent()
            && type.isPresent()
            && packet.get(type.getAsInt()) == MessageType.OFFER.code()
        ? Optional.of(new Ipv4Address(packet.getInt(server.getAsInt())))
        : Optional.empty();
  }

  /** Whether an answer comes from somebody who would have asked the same. */
  public boolean isAmongUs(ByteBuffer datagram) {
    ByteBuffer packet = datagram.slice();
    byte[] ours = vendorClass.getBytes(StandardCharsets.US_ASCII);
    OptionalInt offset = valueOffset(packet, OptionCode.VENDOR_CLASS, ours.length);
    return offset.isPresent()
        && packet.slice(offset.getAsInt(), ours.length).equals(ByteBuffer.wrap(ours));
  }

  /** Where an option's value lies whose length is known; empty if it is not there, or cut off. */
  private static OptionalInt valueOffset(ByteBuffer packet, int wanted, int length) {
    int offset = OPTIONS_OFFSET;
    while (packet.limit() - offset >= 2) {
      int code = packet.get(offset) & 0xff;
      if (code == OptionCode.PAD) {
        offset++;
        continue;
      }
      int valueLength = packet.get(offset + 1) & 0xff;
      if (code == OptionCode.END || valueLength > packet.limit() - offset - 2) {
        break;
      }
      if (code == wanted && valueLength == length) {
        return OptionalInt.of(offset + 2);
      }
      offset += 2 + valueLength;
    }
    return OptionalInt.empty();
  }
}
