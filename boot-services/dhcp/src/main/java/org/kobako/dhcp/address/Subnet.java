package org.kobako.dhcp.address;

/**
 * The addresses of one link.
 *
 * @param network its lowest address, whose host bits are 0
 * @param prefixLength 1-30: a link has a network address, a broadcast address, and room between
 */
public record Subnet(Ipv4Address network, int prefixLength) {
  private static final int MAX_PREFIX_LENGTH = 30;

  public Subnet {
    if (prefixLength < 1 || prefixLength > MAX_PREFIX_LENGTH) {
      throw new IllegalArgumentException(
          "subnet %s/%d is refused: a prefix length of 1-30 is allowed"
              .formatted(network, prefixLength));
    }
    if ((network.bits() & ~maskBits(prefixLength)) != 0) {
      throw new IllegalArgumentException(
          "subnet %s/%d is refused: its network address is %s"
              .formatted(network, prefixLength, network(network, prefixLength)));
    }
  }

  /** As in the configuration: {@code 192.168.1.0/24}. */
  public static Subnet of(String text) {
    int slash = text.indexOf('/');
    if (slash < 0 || !text.substring(slash + 1).matches("\\d{1,2}")) {
      throw new IllegalArgumentException(
          "subnet '" + text + "' is refused: write an address, / and a prefix length");
    }
    return new Subnet(
        Ipv4Address.of(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
  }

  /** The one that an address with this prefix length lies in. */
  public static Subnet around(Ipv4Address address, int prefixLength) {
    return new Subnet(network(address, prefixLength), prefixLength);
  }

  private static Ipv4Address network(Ipv4Address address, int prefixLength) {
    return new Ipv4Address(address.bits() & maskBits(prefixLength));
  }

  private static int maskBits(int prefixLength) {
    return -1 << (Integer.SIZE - prefixLength);
  }

  public Ipv4Address mask() {
    return new Ipv4Address(maskBits(prefixLength));
  }

  public Ipv4Address broadcast() {
    return new Ipv4Address(network.bits() | ~maskBits(prefixLength));
  }

  public boolean contains(Ipv4Address address) {
    return (address.bits() & maskBits(prefixLength)) == network.bits();
  }

  /** Whether it is an address that a machine on this link may have. */
  public boolean hasHost(Ipv4Address address) {
    return contains(address) && !address.equals(network) && !address.equals(broadcast());
  }

  @Override
  public String toString() {
    return network + "/" + prefixLength;
  }
}
