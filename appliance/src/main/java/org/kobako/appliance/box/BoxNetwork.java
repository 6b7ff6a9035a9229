package org.kobako.appliance.box;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The network that a box boots machines on: one of its interfaces, with its IPv4 address there.
 *
 * @param interfaceName as the kernel calls it
 * @param address the box's own
 * @param prefixBits of the network, 1-30: there must be room for a machine
 */
record BoxNetwork(String interfaceName, Inet4Address address, int prefixBits) {

  /** What the box's interfaces and the operator's choice come to. */
  sealed interface Choice {
    record Found(BoxNetwork network) implements Choice {}

    /**
     * None, or more than one to choose from.
     *
     * @param why what is wrong and what to do, a half sentence
     */
    record None(String why) implements Choice {}
  }

  /**
   * The interface that the operator named, the one that has the address that the box listens on, or
   * the only one there is. Among several it does not guess: an answer to a discover on the wrong
   * network does harm.
   */
  static Choice choose(
      List<BoxNetwork> networks, Optional<String> interfaceName, @Nullable InetAddress listen) {
    List<BoxNetwork> candidates =
        networks.stream()
            .filter(one -> interfaceName.isEmpty() || interfaceName.get().equals(one.interfaceName))
            .filter(
                one -> listen == null || listen.isAnyLocalAddress() || listen.equals(one.address))
            .toList();
    if (candidates.size() == 1) {
      return new Choice.Found(candidates.getFirst());
    }
    if (!candidates.isEmpty()) {
      return new Choice.None(
          "there are several networks, "
              + candidates.stream().map(BoxNetwork::toString).collect(Collectors.joining(", "))
              + ": name one as network.interface, or its address as http.listen");
    }
    return new Choice.None(
        interfaceName
            .map(name -> "interface " + name + " is not up with an IPv4 address: give it one")
            .orElse("no interface is up with an IPv4 address: give one an address"));
  }

  /**
   * The networks of this machine that could boot others, in the kernel's order.
   *
   * @param uplink the interface of a network that belongs to others
   */
  static List<BoxNetwork> ofThisMachine(Optional<String> uplink) throws IOException {
    List<BoxNetwork> networks = new ArrayList<>();
    for (NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      if (network.isUp()
          && !network.isLoopback()
          && !network.isPointToPoint()
          && !uplink.equals(Optional.of(network.getName()))) {
        for (InterfaceAddress one : network.getInterfaceAddresses()) {
          int prefix = one.getNetworkPrefixLength();
          if (one.getAddress() instanceof Inet4Address address && prefix >= 1 && prefix <= 30) {
            networks.add(new BoxNetwork(network.getName(), address, prefix));
          }
        }
      }
    }
    return networks;
  }

  /** {@code eth0 192.168.7.1/24}. */
  @Override
  public String toString() {
    return interfaceName + " " + address.getHostAddress() + "/" + prefixBits;
  }
}
