package org.kobako.dhcp.service;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kobako.boot.plan.MacAddress;
import org.kobako.boot.plan.Machine;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.address.Subnet;
import org.kobako.dhcp.config.DhcpConfig;
import org.kobako.dhcp.config.Reservation;
import org.kobako.dhcp.config.SubnetConfig;
import org.kobako.dhcp.identity.FirmwareIdentity;
import org.kobako.dhcp.lease.Client;
import org.kobako.dhcp.lease.Lease;
import org.kobako.dhcp.lease.LeaseTable;
import org.kobako.dhcp.packet.DhcpPacket;
import org.kobako.dhcp.packet.MessageType;
import org.kobako.dhcp.packet.OptionCode;
import org.kobako.dhcp.packet.ReplyWriter;

/**
 * The full server: from a request, the clock and the leases to the answer (RFC 2131 section 4.3).
 * No sockets, no files.
 *
 * <p><b>Several boxes on one network.</b> Each has a part of every pool, and gives out no other
 * address, so no two boxes give one address to two machines. Which box answers a discover is the
 * hash of RFC 3074, except that a box goes on answering the machines that have a lease from it; the
 * others answer a machine that has asked for {@code takeover-time}, or again.
 *
 * <p>A machine whose box is gone cannot renew its lease there, and in the end asks everybody
 * (REBINDING). Any other box then prolongs the lease: it <em>lends</em> the address of the other's
 * part to the machine that has it already. Lending is bounded, so that the address's own box may
 * rely on it without hearing of it:
 *
 * <ul>
 *   <li>A box lends to a machine that asks in REBINDING, as that has a valid lease, or in
 *       INIT-REBOOT if this box heard it take the lease less than a lease time ago. So lending
 *       begins before the lease ends that the address's own box knows of.
 *   <li>It ends {@value #LENT_LEASES} lease times after it began, at the latest. It begins anew
 *       only when the machine is heard to take the address from its own box again.
 *   <li>A box gives an expired lease's address to another machine only after a quarantine of
 *       {@value #LENT_LEASES} lease times. By then nobody lends it any more.
 * </ul>
 *
 * No message between boxes is needed, and none that is lost does harm. A renewal sent to one box
 * alone (RENEWING) is answered by the address's own box only, so that every prolongation by another
 * is heard by all.
 */
public final class LeaseService {
  /** How long another box may prolong a lease, in lease times. */
  static final int LENT_LEASES = 4;

  /** An address that is in use by somebody unknown is tried again after that. */
  static final long DECLINED_SECONDS = 600;

  /** Below that, a lease is not worth an answer. */
  static final long MIN_LENT_SECONDS = 60;

  /** Asked so often, somebody else's machine has nobody else. */
  private static final int TAKEOVER_ASKS = 2;

  /** What a flashed box says of itself when it wants an address: boxes give none to boxes. */
  static final String BOX_CLASS = "kobako-box";

  /**
   * What a box says of itself when it looks for other servers. Only a box that shares its pools
   * with nobody answers: where boxes share, each is to give addresses.
   */
  public static final String SEARCH_CLASS = "kobako-search";

  private static final Answer.Silence MALFORMED = new Answer.Silence("no request of RFC 2131");
  private static final Answer.Silence NOT_OURS = new Answer.Silence("another server's");
  private static final Answer.Silence ANOTHER_BOXES = new Answer.Silence("another box's turn");
  private static final Answer.Silence NO_SUBNET = new Answer.Silence("from no subnet of ours");
  private static final Answer.Silence NO_RECORD = new Answer.Silence("nothing known of its lease");
  private static final Answer.Silence EXHAUSTED = new Answer.Silence("the pool is exhausted");

  private final DhcpConfig config;
  private final long leaseSeconds;
  private final FirstFiles firstFiles;
  private final Supplier<List<Ipv4Address>> resolvers;
  private final Consumer<Machine> seen;
  private final InstantSource clock;
  private final LeaseTable leases = new LeaseTable();
  private final List<Pool> pools = new ArrayList<>();
  private final Asks asks = new Asks();

  /**
   * @param subnets of the config, and of the interfaces that it says nothing of
   * @param boxAddresses of this box
   * @param resolvers for subnets that the config names none for
   * @param seen told of every machine that is answered
   */
  public LeaseService(
      DhcpConfig config,
      Collection<SubnetConfig> subnets,
      Set<Ipv4Address> boxAddresses,
      FirstFiles firstFiles,
      Supplier<List<Ipv4Address>> resolvers,
      Consumer<Machine> seen,
      InstantSource clock) {
    this.config = config;
    this.leaseSeconds = config.leaseTime().toSeconds();
    this.firstFiles = firstFiles;
    this.resolvers = resolvers;
    this.seen = seen;
    this.clock = clock;
    long quarantine = config.boxes() == 1 ? 0 : LENT_LEASES * leaseSeconds;
    for (SubnetConfig subnet : subnets) {
      pools.add(new Pool(subnet, config.box(), config.boxes(), boxAddresses, quarantine, leases));
    }
  }

  /** Brings back a lease at start, if its address still is one that we give out. */
  public synchronized void restore(Lease lease) {
    poolAround(lease.address()).filter(pool -> pool.mayHold(lease)).ifPresent(pool -> put(lease));
  }

  /** All leases as they are now. */
  public synchronized Collection<Lease> leases() {
    return leases.copy();
  }

  /** Decides what to do about a request. What it changes in the table is changed on return. */
  public synchronized Answer answer(DhcpPacket request, Arrival arrival) {
    String vendorClass = request.text(OptionCode.VENDOR_CLASS);
    if (vendorClass.equals(BOX_CLASS) || (vendorClass.equals(SEARCH_CLASS) && config.boxes() > 1)) {
      return NOT_OURS;
    }
    Optional<Pool> pool =
        poolAround(
            !request.relay().isNone()
                ? request.relay()
                : arrival.toBoxAlone() && !request.machineAddress().isNone()
                    ? request.machineAddress() // its relay agent plays no part in a renewal
                    : arrival.box());
    if (pool.isEmpty()) {
      return NO_SUBNET;
    }
    Exchange exchange =
        new Exchange(
            request, arrival, pool.get(), Client.of(request), clock.instant().getEpochSecond());
    return switch (request.type()) {
      case DISCOVER -> exchange.discover();
      case REQUEST -> exchange.request();
      case DECLINE -> exchange.decline();
      case RELEASE -> exchange.release();
      case INFORM -> exchange.inform();
      case OFFER, ACK, NAK -> MALFORMED;
    };
  }

  private Optional<Pool> poolAround(Ipv4Address address) {
    return pools.stream().filter(pool -> pool.subnet().contains(address)).findFirst();
  }

  private @Nullable Lease put(Lease lease) {
    Lease before = leases.put(lease);
    poolAround(lease.address()).ifPresent(pool -> pool.settle(lease.address()));
    return before;
  }

  /**
   * Takes grants back that did not get to the disk: all that were made since the last write that
   * succeeded, in their order. What is left is what the disk knows: a machine that has the address
   * by an earlier lease keeps it for the rest of that, and is told so.
   *
   * @return those whose ACK is to be sent nevertheless, with less time in it
   */
  public synchronized List<Answer.Grant> undo(List<Answer.Grant> grants) {
    for (Answer.Grant grant : grants.reversed()) {
      Lease lease = grant.lease();
      if (leases.at(lease.address()) == lease) {
        if (grant.before() == null) {
          leases.remove(lease.address());
          poolAround(lease.address()).ifPresent(pool -> pool.settle(lease.address()));
        } else {
          put(grant.before());
        }
      }
    }
    long now = clock.instant().getEpochSecond();
    List<Answer.Grant> left = new ArrayList<>();
    for (Answer.Grant grant : grants) {
      Lease durable = leases.at(grant.lease().address());
      if (durable != null
          && durable.kind() == grant.lease().kind()
          && durable.isOf(grant.lease().client())
          && durable.expires() - now >= MIN_LENT_SECONDS) {
        ReplyTimes.replace(grant.ack().bytes(), durable.expires() - now);
        left.add(grant);
      }
    }
    return left;
  }

  /** An address that would be offered soon, is not probed, and not among the excepted. */
  public synchronized Optional<Ipv4Address> nextToProbe(Subnet link, Set<Ipv4Address> except) {
    return pools.stream()
        .filter(pool -> pool.subnet().equals(link))
        .findFirst()
        .flatMap(pool -> pool.nextToProbe(except));
  }

  /** Nobody uses this address. */
  public synchronized void probedSilent(Ipv4Address address) {
    poolAround(address).ifPresent(pool -> pool.probedSilent(address));
  }

  /** Somebody uses this free address: nobody is offered it for a while. */
  public synchronized Optional<Answer.Note> probedInUse(Ipv4Address address, MacAddress by) {
    if (leases.at(address) != null) {
      return Optional.empty(); // given out meanwhile
    }
    return Optional.of(declined(address, new Client(by, null), clock.instant().getEpochSecond()));
  }

  private Answer.Note declined(Ipv4Address address, Client by, long now) {
    Lease lease = new Lease(address, by, Lease.Kind.DECLINED, now, now + DECLINED_SECONDS);
    put(lease);
    return new Answer.Note(lease);
  }

  synchronized int offerCount() {
    return pools.stream().mapToInt(Pool::offerCount).sum();
  }

  /** One request and what is known of it. */
  private final class Exchange {
    private final DhcpPacket request;
    private final Arrival arrival;
    private final Pool pool;
    private final Client client;
    private final long now;

    Exchange(DhcpPacket request, Arrival arrival, Pool pool, Client client, long now) {
      this.request = request;
      this.arrival = arrival;
      this.pool = pool;
      this.client = client;
      this.now = now;
    }

    Answer discover() {
      if (!isOurTurn()) {
        return ANOTHER_BOXES;
      }
      Optional<Ipv4Address> address =
          pool.choose(client, request.address(OptionCode.REQUESTED_ADDRESS), now);
      if (address.isEmpty()) {
        return EXHAUSTED;
      }
      pool.offer(address.get(), client, now);
      return reply(MessageType.OFFER, address.get(), leaseSeconds);
    }

    /** See the class comment. */
    private boolean isOurTurn() {
      if (config.boxes() == 1) {
        return true;
      }
      int count = asks.count(client.mac(), now);
      return isOurs()
          || count >= TAKEOVER_ASKS
          || request.secs() >= config.takeoverTime().toSeconds();
    }

    private boolean isOurs() {
      return leases
          .of(client)
          .filter(lease -> lease.isHeld(now) && pool.subnet().contains(lease.address()))
          .map(lease -> !pool.isAnotherBoxes(lease.address()))
          .orElseGet(() -> BoxShare.boxOf(client, config.boxes()) == config.box());
    }

    Answer request() {
      Optional<Ipv4Address> server = request.address(OptionCode.SERVER_ID);
      Optional<Ipv4Address> wished = request.address(OptionCode.REQUESTED_ADDRESS);
      Ipv4Address own = request.machineAddress();
      if (!own.isNone()) {
        // RENEWING and REBINDING. Some clients name the address or the server here as well.
        return server.isPresent() && !server.get().equals(arrival.box()) ? NOT_OURS : prolong(own);
      }
      if (wished.isEmpty()) {
        return MALFORMED;
      }
      if (server.isEmpty()) {
        return rebooted(wished.get());
      }
      return server.get().equals(arrival.box())
          ? selected(wished.get())
          : selectedAnother(wished.get());
    }

    /** SELECTING: the machine takes what we offered. */
    private Answer selected(Ipv4Address address) {
      pool.withdraw(client.mac());
      asks.forget(client.mac());
      return pool.isGrantable(address, client, now) ? grant(address) : nak("taken meanwhile");
    }

    /** SELECTING: it takes another server's offer. If that is a box, we may lend it some day. */
    private Answer selectedAnother(Ipv4Address address) {
      pool.withdraw(client.mac());
      asks.forget(client.mac());
      if (!pool.isAnotherBoxes(address)) {
        return NOT_OURS;
      }
      Lease heard = new Lease(address, client, Lease.Kind.HEARD, now, now + leaseSeconds);
      put(heard);
      return new Answer.Note(heard);
    }

    /** INIT-REBOOT: it remembers an address, and asks whether it may go on. */
    private Answer rebooted(Ipv4Address address) {
      if (!pool.subnet().contains(address)) {
        return nak("of another subnet");
      }
      if (pool.isAnotherBoxes(address)) {
        Lease lease = leases.at(address);
        return lease != null && lease.isOf(client) && lease.isHeld(now) ? lend(address) : NO_RECORD;
      }
      Optional<Lease> known =
          leases.of(client).filter(lease -> pool.subnet().contains(lease.address()));
      if (known.isEmpty() && pool.reservation(client).isEmpty()) {
        return NO_RECORD; // RFC 2131 section 4.3.2: it may be another server's
      }
      if (pool.isReservedFor(client, address)
          || known.filter(lease -> lease.address().equals(address)).isPresent()) {
        return pool.isGrantable(address, client, now) ? grant(address) : nak("taken meanwhile");
      }
      return nak("it has another address");
    }

    /** RENEWING or REBINDING: it uses the address and wants to go on. */
    private Answer prolong(Ipv4Address address) {
      if (!pool.subnet().contains(address)) {
        return nak("of another subnet");
      }
      if (pool.isAnotherBoxes(address)) {
        return arrival.toBoxAlone() ? ANOTHER_BOXES : lend(address);
      }
      if (!pool.isOwn(address) && !pool.isReservedFor(client, address)) {
        // Static, or another server's; of another machine's reservation it must let go.
        return pool.config().reservations().stream()
                .map(Reservation::address)
                .anyMatch(address::equals)
            ? nak("reserved for another machine")
            : NO_RECORD;
      }
      // Also without a record: nobody but we can have given it, and we may have lost the file.
      return pool.isGrantable(address, client, now) ? grant(address) : nak("another machine's");
    }

    /** See the class comment. */
    private Answer lend(Ipv4Address address) {
      Lease known = leases.at(address);
      if (known != null && !known.isOf(client) && lastUse(known) > now) {
        return NO_RECORD; // its own box knows which of the two is right
      }
      long since =
          known != null && known.isOf(client) && known.kind() == Lease.Kind.LENT
              ? known.since()
              : now;
      long expires = Math.min(now + leaseSeconds, since + LENT_LEASES * leaseSeconds);
      if (expires - now < MIN_LENT_SECONDS) {
        return ANOTHER_BOXES;
      }
      return grant(new Lease(address, client, Lease.Kind.LENT, since, expires));
    }

    private long lastUse(Lease lease) {
      return lease.kind() == Lease.Kind.LENT
          ? lease.since() + LENT_LEASES * leaseSeconds
          : lease.expires();
    }

    private Answer grant(Ipv4Address address) {
      return grant(new Lease(address, client, Lease.Kind.BOUND, now, now + leaseSeconds));
    }

    private Answer grant(Lease lease) {
      Answer.Reply ack = reply(MessageType.ACK, lease.address(), lease.expires() - now);
      return new Answer.Grant(lease, put(lease), ack);
    }

    /** The machine found that somebody else uses the address. */
    Answer decline() {
      Optional<Ipv4Address> address = request.address(OptionCode.REQUESTED_ADDRESS);
      return address.isPresent() && isHolder(address.get())
          ? declined(address.get(), client, now)
          : NOT_OURS;
    }

    /** The machine gives its address back. */
    Answer release() {
      Ipv4Address address = request.machineAddress();
      if (!isHolder(address)) {
        return NOT_OURS;
      }
      Lease released = new Lease(address, client, Lease.Kind.RELEASED, now, now);
      put(released);
      return new Answer.Note(released);
    }

    private boolean isHolder(Ipv4Address address) {
      Lease lease = leases.at(address);
      return lease != null && lease.kind() == Lease.Kind.BOUND && lease.isOf(client);
    }

    /** The machine has an address and wants the rest (RFC 2131 section 4.3.5). */
    Answer inform() {
      if (!pool.subnet().contains(request.machineAddress())) {
        return NO_SUBNET;
      }
      ReplyWriter reply = new ReplyWriter(request, MessageType.ACK, arrival.box());
      reply.repeatMachineAddress();
      writeOptions(reply);
      return new Answer.Reply(MessageType.ACK, reply.end(), Destination.of(request));
    }

    private Answer.Reply reply(MessageType type, Ipv4Address address, long seconds) {
      ReplyWriter reply = new ReplyWriter(request, type, arrival.box());
      reply.machine(address);
      if (type == MessageType.ACK) {
        reply.repeatMachineAddress();
      }
      ReplyTimes.write(reply, seconds);
      writeOptions(reply);
      return new Answer.Reply(type, reply.end(), Destination.of(request));
    }

    private void writeOptions(ReplyWriter reply) {
      FirmwareIdentity identity = FirmwareIdentity.of(request);
      seen.accept(identity.machine());
      SubnetConfig subnet = pool.config();
      reply
          .option(OptionCode.SUBNET_MASK, subnet.subnet().mask())
          .option(OptionCode.ROUTERS, subnet.routers())
          .option(
              OptionCode.DNS_SERVERS,
              subnet.dnsServers().isEmpty() ? resolvers.get() : subnet.dnsServers());
      if (request.text(OptionCode.VENDOR_CLASS).equals(SEARCH_CLASS)) {
        reply.option(OptionCode.VENDOR_CLASS, SEARCH_CLASS);
        return;
      }
      BootOptions.writeWithAddress(
          reply, identity, firstFiles.firstFile(identity.machine(), arrival.box()), arrival.box());
      if (request.asksFor(OptionCode.HOST_NAME)) {
        pool.reservation(client)
            .flatMap(Reservation::hostName)
            .ifPresent(name -> reply.option(OptionCode.HOST_NAME, name));
      }
      if (request.asksFor(OptionCode.DOMAIN_NAME)) {
        subnet.domain().ifPresent(name -> reply.option(OptionCode.DOMAIN_NAME, name));
      }
      if (request.asksFor(OptionCode.BROADCAST_ADDRESS)) {
        reply.option(OptionCode.BROADCAST_ADDRESS, subnet.subnet().broadcast());
      }
      if (request.asksFor(OptionCode.NTP_SERVERS)) {
        reply.option(OptionCode.NTP_SERVERS, subnet.ntpServers());
      }
    }

    private Answer nak(String why) {
      ReplyWriter reply = new ReplyWriter(request, MessageType.NAK, arrival.box());
      reply.broadcastByRelay().option(OptionCode.MESSAGE, why);
      return new Answer.Reply(MessageType.NAK, reply.end(), Destination.ofNak(request));
    }
  }
}
