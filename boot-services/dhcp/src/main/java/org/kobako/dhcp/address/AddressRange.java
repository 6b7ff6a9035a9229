package org.kobako.dhcp.address;

/** Addresses from the first to the last, both included. */
public record AddressRange(Ipv4Address first, Ipv4Address last) {
  /** Room for any network that one box boots; every address may cost memory. */
  public static final int MAX_SIZE = 65_536;

  public AddressRange {
    long size = Integer.toUnsignedLong(last.bits()) - Integer.toUnsignedLong(first.bits()) + 1;
    if (size < 1) {
      throw new IllegalArgumentException(
          "pool %s-%s is refused: it ends before it begins".formatted(first, last));
    }
    if (size > MAX_SIZE) {
      throw new IllegalArgumentException(
          "pool %s-%s is refused: it has %d addresses, and %d is the most"
              .formatted(first, last, size, MAX_SIZE));
    }
  }

  /** As in the configuration: {@code 192.168.1.100-192.168.1.199}. */
  public static AddressRange of(String text) {
    int dash = text.indexOf('-');
    if (dash < 0) {
      throw new IllegalArgumentException(
          "pool '" + text + "' is refused: write the first address, - and the last");
    }
    return new AddressRange(
        Ipv4Address.of(text.substring(0, dash).strip()),
        Ipv4Address.of(text.substring(dash + 1).strip()));
  }

  public int size() {
    return last.bits() - first.bits() + 1;
  }

  public boolean contains(Ipv4Address address) {
    return first.compareTo(address) <= 0 && address.compareTo(last) <= 0;
  }

  public Ipv4Address at(int index) {
    return first.plus(index);
  }

  public int indexOf(Ipv4Address address) {
    return address.bits() - first.bits();
  }

  /**
   * One of the equal parts that it is divided into, which have no address in common and leave none
   * out.
   *
   * @param number 1-{@code count}
   * @throws IllegalArgumentException if there are fewer addresses than parts
   */
  public AddressRange part(int number, int count) {
    if (count > size()) {
      throw new IllegalArgumentException(
          "pool %s is refused: %d boxes cannot divide %d addresses".formatted(this, count, size()));
    }
    return new AddressRange(at(boundary(number - 1, count)), at(boundary(number, count) - 1));
  }

  private int boundary(int number, int count) {
    return (int) ((long) size() * number / count);
  }

  @Override
  public String toString() {
    return first + "-" + last;
  }
}
