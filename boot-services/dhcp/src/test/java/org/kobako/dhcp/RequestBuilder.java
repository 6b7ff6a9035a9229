package org.kobako.dhcp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.kobako.boot.plan.MacAddress;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.packet.DhcpPacket;
import org.kobako.dhcp.packet.MalformedPacketException;
import org.kobako.dhcp.packet.OptionCode;

/** Writes requests for tests: what machines send, and what they should not. */
public final class RequestBuilder {
  private final ByteBuffer header = ByteBuffer.allocate(240);
  private final ByteArrayOutputStream options = new ByteArrayOutputStream();

  public RequestBuilder(int type, String mac) {
    header.put(0, (byte) 1).put(1, (byte) 1).put(2, (byte) 6).putInt(4, 0x1234_5678);
    header.put(28, MacAddress.parse(mac).orElseThrow().bytes());
    header.putInt(236, 0x63825363);
    option(OptionCode.MESSAGE_TYPE, (byte) type);
  }

  public static RequestBuilder discover(String mac) {
    return new RequestBuilder(1, mac);
  }

  public static RequestBuilder request(String mac) {
    return new RequestBuilder(3, mac);
  }

  public static RequestBuilder decline(String mac) {
    return new RequestBuilder(4, mac);
  }

  public static RequestBuilder release(String mac) {
    return new RequestBuilder(7, mac);
  }

  public static RequestBuilder inform(String mac) {
    return new RequestBuilder(8, mac);
  }

  public RequestBuilder secs(int secs) {
    header.putShort(8, (short) secs);
    return this;
  }

  public RequestBuilder machineAddress(String address) {
    header.putInt(12, Ipv4Address.of(address).bits());
    return this;
  }

  public RequestBuilder relay(String address) {
    header.putInt(24, Ipv4Address.of(address).bits());
    return this;
  }

  public RequestBuilder headerByte(int offset, int value) {
    header.put(offset, (byte) value);
    return this;
  }

  public RequestBuilder headerBytes(int offset, byte... bytes) {
    header.put(offset, bytes);
    return this;
  }

  public RequestBuilder option(int code, byte... value) {
    options.write(code);
    options.write(value.length);
    options.writeBytes(value);
    return this;
  }

  public RequestBuilder option(int code, String text) {
    return option(code, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public RequestBuilder address(int code, String address) {
    return option(code, Ipv4Address.of(address).bytes());
  }

  /** Bytes as they are, where options would follow. */
  public RequestBuilder raw(int... bytes) {
    for (int one : bytes) {
      options.write(one);
    }
    return this;
  }

  public byte[] bytes() {
    byte[] tail = options.toByteArray();
    return ByteBuffer.allocate(header.capacity() + tail.length + 1)
        .put(header.array())
        .put(tail)
        .put((byte) OptionCode.END)
        .array();
  }

  public DhcpPacket packet() {
    return packet(bytes());
  }

  public static DhcpPacket packet(byte[] bytes) {
    try {
      return new DhcpPacket().wrap(ByteBuffer.wrap(bytes));
    } catch (MalformedPacketException e) {
      throw new AssertionError(e);
    }
  }

  /** A packet as real firmware sent it. */
  public static byte[] captured(String name) {
    try (InputStream in =
        RequestBuilder.class.getResourceAsStream("/org/kobako/dhcp/captures/" + name + ".bin")) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
