package org.kobako.dns.balance;

import java.net.InetAddress;
import java.util.Arrays;

/**
 * Addresses of machines, IPv4 or IPv6, both ends included.
 *
 * @param first of them
 * @param last not before the first, and of the same kind
 */
public record MachineRange(InetAddress first, InetAddress last) {
  public MachineRange {
    byte[] low = first.getAddress();
    byte[] high = last.getAddress();
    if (low.length != high.length || Arrays.compareUnsigned(low, high) > 0) {
      throw new IllegalArgumentException(
          "range %s-%s is refused: write the first address, - and the last"
              .formatted(first.getHostAddress(), last.getHostAddress()));
    }
  }

  public boolean contains(InetAddress machine) {
    byte[] address = machine.getAddress();
    return address.length == first.getAddress().length
        && Arrays.compareUnsigned(first.getAddress(), address) <= 0
        && Arrays.compareUnsigned(address, last.getAddress()) <= 0;
  }
}
