package org.kobako.dhcp.address;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An IPv4 address, in the order that the numbers have.
 *
 * @param bits as an unsigned number, first octet highest
 */
public record Ipv4Address(int bits) implements Comparable<Ipv4Address> {
  /** 0.0.0.0, which a packet has where it has no address. */
  public static final Ipv4Address NONE = new Ipv4Address(0);

  /** Everybody on the link. */
  public static final Ipv4Address BROADCAST = new Ipv4Address(-1);

  private static final Pattern TEXT =
      Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");

  /** Four octets with dots between; empty if the text is anything else. */
  public static Optional<Ipv4Address> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int bits = 0;
    for (int i = 1; i <= Integer.BYTES; i++) {
      int octet = Integer.parseInt(matcher.group(i));
      if (octet > 0xff) {
        return Optional.empty();
      }
      bits = bits << Byte.SIZE | octet;
    }
    return Optional.of(new Ipv4Address(bits));
  }

  /** An address that stands in the code or in the configuration. */
  public static Ipv4Address of(String text) {
    return parse(text)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "address '" + text + "' is refused: write four numbers of 0-255 with dots"));
  }

  public static Ipv4Address of(Inet4Address address) {
    return new Ipv4Address(ByteBuffer.wrap(address.getAddress()).getInt());
  }

  public boolean isNone() {
    return bits == 0;
  }

  /** The address so many further on; callers stay inside a range. */
  public Ipv4Address plus(int count) {
    return new Ipv4Address(bits + count);
  }

  public byte[] bytes() {
    return ByteBuffer.allocate(Integer.BYTES).putInt(bits).array();
  }

  public Inet4Address toInet() {
    try {
      return (Inet4Address) InetAddress.getByAddress(bytes());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  @Override
  public int compareTo(Ipv4Address other) {
    return Integer.compareUnsigned(bits, other.bits);
  }

  @Override
  public String toString() {
    return (bits >>> 24)
        + "."
        + (bits >> 16 & 0xff)
        + "."
        + (bits >> 8 & 0xff)
        + "."
        + (bits & 0xff);
  }
}
