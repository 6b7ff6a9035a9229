package org.kobako.dhcp.service;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kobako.boot.plan.MacAddress;
import org.kobako.dhcp.address.AddressRange;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.address.Subnet;
import org.kobako.dhcp.config.Reservation;
import org.kobako.dhcp.config.SubnetConfig;
import org.kobako.dhcp.lease.Client;
import org.kobako.dhcp.lease.Lease;
import org.kobako.dhcp.lease.LeaseTable;

/**
 * The addresses of one subnet: which are ours to give, and to whom.
 *
 * <p>An offer holds its address only against other offers, and not for long: whoever <em>asks</em>
 * for an address first has it, and a known machine gets its own back even if it is on offer. So a
 * flood of discovers by machines that are none uses up offers, and neither leases nor memory; the
 * offers are as many as the addresses at most.
 *
 * <p>Guarded by the service.
 */
final class Pool {
  /** A machine that has not asked for what it was offered by then does not want it. */
  static final long OFFER_SECONDS = 30;

  /** Addresses that were found silent, ahead of need. */
  static final int MAX_PROBED = 16;

  /** Exhausted, it looks through all leases no more often than that. */
  private static final long RESCAN_SECONDS = 1;

  private static final int MAX_REUSABLE = 64;

  private record Offer(MacAddress mac, long expires) {}

  private final SubnetConfig config;
  private final AddressRange ownPart;
  private final long quarantineSeconds;
  private final LeaseTable leases;
  private final Map<MacAddress, Reservation> reservationOf = new HashMap<>();

  /** Addresses that are never given out of the pool: reserved ones, and the servers'. */
  private final Set<Ipv4Address> setAside = new HashSet<>();

  private final Map<Ipv4Address, Offer> offers = new LinkedHashMap<>();
  private final Map<MacAddress, Ipv4Address> offeredTo = new HashMap<>();

  /** Indexes in our part of the pool that are leased, offered, known of, or set aside. */
  private final BitSet occupied;

  private final Deque<Ipv4Address> probed = new ArrayDeque<>();
  private final Deque<Ipv4Address> reusable = new ArrayDeque<>();
  private long nextScan;

  /**
   * @param boxAddresses of this box, which no machine gets
   * @param quarantineSeconds how long an expired lease's address waits before another machine gets
   *     it
   */
  Pool(
      SubnetConfig config,
      int box,
      int boxes,
      Set<Ipv4Address> boxAddresses,
      long quarantineSeconds,
      LeaseTable leases) {
    this.config = config;
    this.ownPart = config.pool().part(box, boxes);
    this.quarantineSeconds = quarantineSeconds;
    this.leases = leases;
    this.occupied = new BitSet(ownPart.size());
    for (Reservation reservation : config.reservations()) {
      reservationOf.put(reservation.mac(), reservation);
      setAside.add(reservation.address());
    }
    setAside.addAll(boxAddresses);
    setAside.addAll(config.routers());
    setAside.addAll(config.dnsServers());
    setAside.addAll(config.ntpServers());
    setAside.forEach(this::occupy);
  }

  SubnetConfig config() {
    return config;
  }

  Subnet subnet() {
    return config.subnet();
  }

  /** Whether this box decides who gets the address. */
  boolean isOwn(Ipv4Address address) {
    return ownPart.contains(address) && !setAside.contains(address);
  }

  /** Whether another box decides. */
  boolean isAnotherBoxes(Ipv4Address address) {
    return config.pool().contains(address)
        && !ownPart.contains(address)
        && !setAside.contains(address);
  }

  Optional<Reservation> reservation(Client client) {
    return Optional.ofNullable(reservationOf.get(client.mac()));
  }

  /** Leases that a restart may bring back: those of addresses that still are what they were. */
  boolean mayHold(Lease lease) {
    return isOwn(lease.address())
        || isAnotherBoxes(lease.address())
        || isReservedFor(lease.client(), lease.address());
  }

  boolean isReservedFor(Client client, Ipv4Address address) {
    return reservation(client).filter(it -> it.address().equals(address)).isPresent();
  }

  /**
   * Whether the client may have the address, if it asks for it. A machine with a reservation may
   * have no other, unless its own is in somebody's hands.
   */
  boolean isGrantable(Ipv4Address address, Client client, long now) {
    Optional<Reservation> reservation = reservation(client);
    if (reservation.isPresent()
        && isAvailable(reservation.get().address(), client, now)
        && !reservation.get().address().equals(address)) {
      return false;
    }
    return (isOwn(address) || isReservedFor(client, address)) && isAvailable(address, client, now);
  }

  /** Whether nobody but the client can be using the address as his own. */
  private boolean isAvailable(Ipv4Address address, Client client, long now) {
    Lease lease = leases.at(address);
    if (lease == null) {
      return true;
    }
    return switch (lease.kind()) {
      case RELEASED -> true;
      case DECLINED -> lease.isExpired(now);
      case BOUND, HEARD, LENT -> lease.isOf(client) || isReusable(lease, now);
    };
  }

  /**
   * Another box may have prolonged a lease of ours, while it did not hear us, for as long as the
   * quarantine at most.
   */
  private boolean isReusable(Lease lease, long now) {
    return now >= lease.expires() + quarantineSeconds;
  }

  /**
   * Chooses an address to offer, in the order of RFC 2131 section 4.3.1: reserved, its own now or
   * before, already offered, wished for, any. Of those any: probed and silent, never used, expired
   * for longest, and the one that has been on offer for longest. Empty if the pool is exhausted.
   */
  Optional<Ipv4Address> choose(Client client, Optional<Ipv4Address> wished, long now) {
    withdrawExpired(now);
    return reservation(client)
        .map(Reservation::address)
        .filter(address -> isAvailable(address, client, now))
        .or(() ->
            leases
                .of(client)
                .map(Lease::address)
                .filter(address -> isOwn(address) && isAvailable(address, client, now)))
        .or(() ->
            Optional.ofNullable(offeredTo.get(client.mac()))
                .filter(address -> isAvailable(address, client, now)))
        .or(() ->
            wished.filter(address ->
                isOwn(address)
                    && !offers.containsKey(address)
                    && isAvailable(address, client, now)))
        .or(() -> Optional.ofNullable(any(client, now)));
  }

  private @Nullable Ipv4Address any(Client client, long now) {
    for (Ipv4Address address = probed.poll(); address != null; address = probed.poll()) {
      if (!offers.containsKey(address) && isAvailable(address, client, now)) {
        return address;
      }
    }
    int index = occupied.nextClearBit(0);
    if (index < ownPart.size()) {
      return ownPart.at(index);
    }
    Ipv4Address expired = expiredForLongest(client, now);
    if (expired != null) {
      return expired;
    }
    return offers.keySet().stream()
        .filter(address -> isOwn(address) && isAvailable(address, client, now))
        .findFirst()
        .orElse(null);
  }

  private @Nullable Ipv4Address expiredForLongest(Client client, long now) {
    if (reusable.isEmpty() && now >= nextScan) {
      nextScan = now + RESCAN_SECONDS;
      List<Lease> found = new ArrayList<>();
      for (int i = 0; i < ownPart.size(); i++) {
        Ipv4Address address = ownPart.at(i);
        Lease lease = leases.at(address);
        if (lease != null && isOwn(address) && isAvailable(address, client, now)) {
          found.add(lease);
        }
      }
      found.sort(Comparator.comparingLong(Lease::expires));
      found.stream().limit(MAX_REUSABLE).map(Lease::address).forEach(reusable::add);
    }
    for (Ipv4Address it = reusable.poll(); it != null; it = reusable.poll()) {
      if (!offers.containsKey(it) && isAvailable(it, client, now)) {
        return it;
      }
    }
    return null;
  }

  /** Holds an address for a machine for a while; takes it from whom it was on offer for. */
  void offer(Ipv4Address address, Client client, long now) {
    withdraw(client.mac());
    Offer before = offers.remove(address);
    if (before != null) {
      offeredTo.remove(before.mac, address);
    }
    offers.put(address, new Offer(client.mac(), now + OFFER_SECONDS));
    offeredTo.put(client.mac(), address);
    occupy(address);
  }

  /** The machine has taken what it was offered, or somebody else's. */
  void withdraw(MacAddress mac) {
    Ipv4Address address = offeredTo.remove(mac);
    if (address != null) {
      offers.remove(address);
      settle(address);
    }
  }

  /** The oldest stand first. */
  private void withdrawExpired(long now) {
    while (!offers.isEmpty()) {
      Offer oldest = offers.values().iterator().next();
      if (oldest.expires > now) {
        return;
      }
      withdraw(oldest.mac);
    }
  }

  /** Takes note that a lease of an address came into the table, or went. */
  void settle(Ipv4Address address) {
    if (leases.at(address) != null || offers.containsKey(address) || setAside.contains(address)) {
      occupy(address);
    } else if (ownPart.contains(address)) {
      occupied.clear(ownPart.indexOf(address));
    }
  }

  private void occupy(Ipv4Address address) {
    if (ownPart.contains(address)) {
      occupied.set(ownPart.indexOf(address));
    }
  }

  /** An address that would be chosen soon, and has not been probed; empty if enough have been. */
  Optional<Ipv4Address> nextToProbe(Set<Ipv4Address> except) {
    if (probed.size() >= MAX_PROBED) {
      return Optional.empty();
    }
    for (int i = occupied.nextClearBit(0); i < ownPart.size(); i = occupied.nextClearBit(i + 1)) {
      Ipv4Address address = ownPart.at(i);
      if (!probed.contains(address) && !except.contains(address)) {
        return Optional.of(address);
      }
    }
    return Optional.empty();
  }

  /** Nobody uses the address: it is the next to be offered. */
  void probedSilent(Ipv4Address address) {
    if (isOwn(address) && !probed.contains(address) && probed.size() < MAX_PROBED) {
      probed.add(address);
    }
  }

  int offerCount() {
    return offers.size();
  }
}
