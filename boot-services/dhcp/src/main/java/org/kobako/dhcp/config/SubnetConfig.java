package org.kobako.dhcp.config;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.kobako.boot.plan.MacAddress;
import org.kobako.dhcp.address.AddressRange;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.address.Subnet;

/**
 * What machines of one link are given. A link is one of the box's own, or one behind a relay agent
 * whose address is in the subnet.
 *
 * @param pool addresses for machines without a reservation; with several boxes, a part for each
 * @param routers best first; none where machines have no way out
 * @param dnsServers best first: UEFI uses only the first
 * @param ntpServers best first
 * @param domain name of the network
 */
public record SubnetConfig(
    Subnet subnet,
    AddressRange pool,
    List<Ipv4Address> routers,
    List<Ipv4Address> dnsServers,
    List<Ipv4Address> ntpServers,
    Optional<String> domain,
    List<Reservation> reservations) {
  /** Servers of a kind; a reply has little room. */
  static final int MAX_SERVERS = 8;

  static final int MAX_RESERVATIONS = 4096;

  private static final Pattern DOMAIN = Pattern.compile("[A-Za-z0-9.-]{1,100}");
  private static final int DEFAULT_POOL_SIZE = 1024;

  public SubnetConfig {
    routers = bounded("routers", routers);
    dnsServers = bounded("dns-servers", dnsServers);
    ntpServers = bounded("ntp-servers", ntpServers);
    reservations = List.copyOf(reservations);
    validatePool(subnet, pool);
    validateReservations(subnet, reservations);
    domain
        .filter(name -> !DOMAIN.matcher(name).matches())
        .ifPresent(name -> {
          throw new IllegalArgumentException(
              "domain '" + name + "' is refused: use at most 100 of a-z A-Z 0-9 . -");
        });
  }

  /** A subnet with a pool and nothing else. */
  public static SubnetConfig of(Subnet subnet, AddressRange pool) {
    return new SubnetConfig(
        subnet, pool, List.of(), List.of(), List.of(), Optional.empty(), List.of());
  }

  /**
   * For a network that nobody described: the pool is the upper half of its addresses, at most 1024
   * from its end. No router: without a server of its own the network has no way out, either.
   */
  public static SubnetConfig defaultsFor(Subnet subnet) {
    Ipv4Address last = subnet.broadcast().plus(-1);
    int half = -(subnet.network().bits() - subnet.broadcast().bits()) / 2;
    int size = half <= 0 ? DEFAULT_POOL_SIZE : Math.clamp(half, 1, DEFAULT_POOL_SIZE);
    return of(subnet, new AddressRange(last.plus(1 - size), last));
  }

  private static List<Ipv4Address> bounded(String option, List<Ipv4Address> servers) {
    if (servers.size() > MAX_SERVERS) {
      throw new IllegalArgumentException(
          "%s is refused: %d addresses, and %d is the most"
              .formatted(option, servers.size(), MAX_SERVERS));
    }
    return List.copyOf(servers);
  }

  private static void validatePool(Subnet subnet, AddressRange pool) {
    if (!subnet.hasHost(pool.first()) || !subnet.hasHost(pool.last())) {
      throw new IllegalArgumentException(
          "pool %s is refused: it does not fit subnet %s, whose machines have %s-%s"
              .formatted(pool, subnet, subnet.network().plus(1), subnet.broadcast().plus(-1)));
    }
  }

  private static void validateReservations(Subnet subnet, List<Reservation> reservations) {
    if (reservations.size() > MAX_RESERVATIONS) {
      throw new IllegalArgumentException(
          "reservations of subnet %s are refused: %d, and %d is the most"
              .formatted(subnet, reservations.size(), MAX_RESERVATIONS));
    }
    Set<MacAddress> macs = new HashSet<>();
    Set<Ipv4Address> addresses = new HashSet<>();
    for (Reservation reservation : reservations) {
      if (!subnet.hasHost(reservation.address())) {
        throw new IllegalArgumentException(
            "reservation of %s for %s is refused: it is no machine's address in subnet %s"
                .formatted(reservation.address(), reservation.mac(), subnet));
      }
      if (!macs.add(reservation.mac())) {
        throw new IllegalArgumentException(
            "reservation for %s is refused: subnet %s has another for the same machine"
                .formatted(reservation.mac(), subnet));
      }
      if (!addresses.add(reservation.address())) {
        throw new IllegalArgumentException(
            "reservation of %s is refused: it is reserved twice".formatted(reservation.address()));
      }
    }
  }
}
