package org.kobako.appliance.box;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.kobako.dhcp.address.AddressRange;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.address.Subnet;
import org.kobako.dhcp.config.DhcpConfig;
import org.kobako.dhcp.config.DhcpMode;
import org.kobako.dhcp.config.Reservation;
import org.kobako.dhcp.config.SubnetConfig;
import org.kobako.dns.balance.MachineRange;

/**
 * How a box hands out addresses, as far as that can be said before it knows its network.
 *
 * @param mode empty for neither addresses nor boot files: another's server names this box
 * @param own what machines on the box's own network are given
 * @param relayed subnets behind relay agents
 * @param reservations of both, each for the subnet that has its address
 * @param box the ordinal of this box among those on the network, from 1
 * @param boxes how many share the network
 */
public record DhcpSettings(
    Optional<DhcpMode> mode,
    Link own,
    List<Relayed> relayed,
    List<Reservation> reservations,
    Duration leaseTime,
    int box,
    int boxes,
    Duration takeoverTime) {

  /**
   * What machines of a link are given.
   *
   * @param pool empty for the upper half of the subnet
   */
  public record Link(
      Optional<AddressRange> pool,
      List<Ipv4Address> routers,
      List<Ipv4Address> dnsServers,
      List<Ipv4Address> ntpServers,
      Optional<String> domain) {
    public static final Link DEFAULTS =
        new Link(Optional.empty(), List.of(), List.of(), List.of(), Optional.empty());

    /** Its reservations are those whose address it has. */
    private SubnetConfig on(Subnet subnet, List<Ipv4Address> usualRouters, List<Reservation> all) {
      return new SubnetConfig(
          subnet,
          pool.orElseGet(() -> SubnetConfig.defaultsFor(subnet).pool()),
          routers.isEmpty() ? usualRouters : routers,
          dnsServers,
          ntpServers,
          domain,
          all.stream().filter(one -> subnet.contains(one.address())).toList());
    }
  }

  /** A link behind a relay agent. */
  public record Relayed(Subnet subnet, Link link) {}

  public static final DhcpSettings DEFAULTS =
      new DhcpSettings(
          Optional.of(DhcpMode.AUTO),
          Link.DEFAULTS,
          List.of(),
          List.of(),
          DhcpConfig.DEFAULT_LEASE_TIME,
          1,
          1,
          DhcpConfig.DEFAULT_TAKEOVER_TIME);

  /** The addresses of its own network, and of those behind relay agents. */
  List<MachineRange> machines(BoxNetwork network) {
    Subnet here = Subnet.around(Ipv4Address.of(network.address()), network.prefixBits());
    return Stream.concat(Stream.of(here), relayed.stream().map(Relayed::subnet))
        .map(subnet -> new MachineRange(subnet.network().toInet(), subnet.broadcast().toInet()))
        .toList();
  }

  /**
   * With what only the network says.
   *
   * @param isRouter whether the box is the way out for machines on its own network
   * @throws IllegalArgumentException if the two do not fit, with the reason
   */
  DhcpConfig on(BoxNetwork network, boolean isRouter, Path leaseFile) {
    Ipv4Address here = Ipv4Address.of(network.address());
    Subnet subnet = Subnet.around(here, network.prefixBits());
    List<SubnetConfig> subnets = new ArrayList<>();
    subnets.add(own.on(subnet, isRouter ? List.of(here) : List.of(), reservations));
    for (Relayed one : relayed) {
      subnets.add(one.link().on(one.subnet(), List.of(), reservations));
    }
    for (Reservation reservation : reservations) {
      if (subnets.stream().noneMatch(one -> one.subnet().contains(reservation.address()))) {
        throw new IllegalArgumentException(
            "address %s of machine %s is refused: it is not in %s or a dhcp.subnet"
                .formatted(reservation.address(), reservation.mac(), subnet));
      }
    }
    return new DhcpConfig(
        mode.orElseThrow(),
        List.of(network.interfaceName()),
        subnets,
        leaseTime,
        leaseFile,
        box,
        boxes,
        takeoverTime);
  }
}
