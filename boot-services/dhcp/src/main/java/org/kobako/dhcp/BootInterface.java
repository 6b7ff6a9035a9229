package org.kobako.dhcp;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.kobako.boot.plan.MacAddress;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.address.Subnet;

/**
 * An interface that machines boot from.
 *
 * @param address the first IPv4 address of the box there
 */
record BootInterface(String name, MacAddress mac, Ipv4Address address, Subnet link) {
  private static final int MAX_PREFIX_LENGTH = 30;

  /**
   * Those that are named, or all that can be used if none is.
   *
   * @throws IOException if one that is named cannot be used, or none can
   */
  static List<BootInterface> find(List<String> names) throws IOException {
    List<BootInterface> found = new ArrayList<>();
    if (names.isEmpty()) {
      for (NetworkInterface it : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        of(it).ifPresent(found::add);
      }
      if (found.isEmpty()) {
        throw new IOException(
            "dhcp: no interface is up that has an IPv4 address: give one an address first");
      }
    }
    for (String name : names) {
      NetworkInterface named = NetworkInterface.getByName(name);
      found.add(
          Optional.ofNullable(named)
              .flatMap(BootInterface::of)
              .orElseThrow(() ->
                  new IOException(
                      "dhcp: interface '%s' cannot be used: %s"
                          .formatted(
                              name,
                              named == null
                                  ? "there is none of this name"
                                  : "it must be up and have an IPv4 address"))));
    }
    return found;
  }

  private static Optional<BootInterface> of(NetworkInterface it) {
    try {
      byte[] mac = it.getHardwareAddress();
      if (!it.isUp() || it.isLoopback() || mac == null || mac.length != MacAddress.BYTES) {
        return Optional.empty();
      }
      for (InterfaceAddress address : it.getInterfaceAddresses()) {
        int prefixLength = address.getNetworkPrefixLength();
        if (address.getAddress() instanceof Inet4Address inet
            && prefixLength >= 1
            && prefixLength <= MAX_PREFIX_LENGTH) {
          Ipv4Address own = Ipv4Address.of(inet);
          return Optional.of(
              new BootInterface(
                  it.getName(), MacAddress.of(mac, 0), own, Subnet.around(own, prefixLength)));
        }
      }
      return Optional.empty();
    } catch (IOException gone) {
      return Optional.empty();
    }
  }
}
