package org.kobako.dhcp.service;

import java.net.Inet4Address;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.kobako.boot.plan.BootPlanner;
import org.kobako.boot.plan.BootRules;
import org.kobako.boot.plan.BoxAddress;
import org.kobako.boot.plan.Machine;
import org.kobako.dhcp.ReplyView;
import org.kobako.dhcp.RequestBuilder;
import org.kobako.dhcp.address.AddressRange;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.address.Subnet;
import org.kobako.dhcp.config.DhcpConfig;
import org.kobako.dhcp.config.DhcpMode;
import org.kobako.dhcp.config.Reservation;
import org.kobako.dhcp.config.SubnetConfig;
import org.kobako.dhcp.lease.Lease;

/** A box's service with a clock that tests set, and a disk that is always fast enough. */
final class TestBox {
  static final String ADDRESS = "10.0.0.1";
  static final int LEASE_SECONDS = 3600;

  /** What came of a request. */
  record Outcome(Answer answer) {
    ReplyView reply() {
      return switch (answer) {
        case Answer.Reply reply -> ReplyView.of(reply.bytes());
        case Answer.Grant grant -> ReplyView.of(grant.ack().bytes());
        case Answer.Note note -> throw new AssertionError("only noted: " + note);
        case Answer.Silence silence -> throw new AssertionError("silent: " + silence.why());
      };
    }

    boolean isSilent() {
      return answer instanceof Answer.Silence || answer instanceof Answer.Note;
    }

    boolean isAck() {
      return answer instanceof Answer.Grant && reply().type() == 5;
    }

    boolean isNak() {
      return answer instanceof Answer.Reply && reply().type() == 6;
    }

    Destination destination() {
      return answer instanceof Answer.Grant grant
          ? grant.ack().destination()
          : ((Answer.Reply) answer).destination();
    }
  }

  final Ipv4Address address;
  final List<Machine> seen = new ArrayList<>();
  List<Ipv4Address> resolvers = List.of();
  private final DhcpConfig config;
  private final LeaseService service;
  private Instant now = Instant.parse("2026-11-21T13:30:00Z");

  TestBox(String pool, Reservation... reservations) {
    this(ADDRESS, pool, 1, 1, reservations);
  }

  TestBox(String address, String pool, int box, int boxes, Reservation... reservations) {
    this.address = Ipv4Address.of(address);
    SubnetConfig subnet =
        new SubnetConfig(
            Subnet.of("10.0.0.0/24"),
            AddressRange.of(pool),
            List.of(Ipv4Address.of("10.0.0.254")),
            List.of(Ipv4Address.of("10.0.0.253")),
            List.of(),
            Optional.of("kobako.test"),
            List.of(reservations));
    SubnetConfig behindRelay =
        SubnetConfig.of(Subnet.of("10.9.0.0/24"), AddressRange.of("10.9.0.100-10.9.0.199"));
    this.config =
        new DhcpConfig(
            DhcpMode.SERVER,
            List.of(),
            List.of(subnet, behindRelay),
            Duration.ofSeconds(LEASE_SECONDS),
            Path.of("leases"),
            box,
            boxes,
            DhcpConfig.DEFAULT_TAKEOVER_TIME);
    this.service =
        new LeaseService(
            config,
            config.subnets(),
            Set.of(this.address),
            firstFiles(),
            () -> resolvers,
            seen::add,
            () -> now);
  }

  static FirstFiles firstFiles() {
    return (machine, box) -> {
      Inet4Address inet = box.toInet();
      return new BootPlanner(BootRules.NONE, new BoxAddress(inet, 8080)).firstFile(machine);
    };
  }

  LeaseService service() {
    return service;
  }

  void pass(long seconds) {
    now = now.plusSeconds(seconds);
  }

  Outcome hears(RequestBuilder request) {
    return hears(request.bytes(), false);
  }

  Outcome hearsAlone(RequestBuilder request) {
    return hears(request.bytes(), true);
  }

  Outcome hears(byte[] request, boolean alone) {
    return new Outcome(
        service.answer(
            RequestBuilder.packet(request), new Arrival(address, Subnet.of("10.0.0.0/24"), alone)));
  }

  /** Discover, offer, request, ACK: the address. */
  String boots(String mac) {
    String offered = hears(RequestBuilder.discover(mac)).reply().yourAddress();
    Outcome outcome = takes(mac, offered);
    if (!outcome.isAck()) {
      throw new AssertionError("no ACK: " + outcome);
    }
    return outcome.reply().yourAddress();
  }

  Outcome takes(String mac, String offered) {
    return takes(mac, offered, address.toString());
  }

  Outcome takes(String mac, String offered, String server) {
    return hears(RequestBuilder.request(mac).address(50, offered).address(54, server));
  }

  Outcome renews(String mac, String own) {
    return hearsAlone(RequestBuilder.request(mac).machineAddress(own));
  }

  Outcome rebinds(String mac, String own) {
    return hears(RequestBuilder.request(mac).machineAddress(own));
  }

  Outcome reboots(String mac, String remembered) {
    return hears(RequestBuilder.request(mac).address(50, remembered));
  }

  List<Lease> leases() {
    return List.copyOf(service.leases());
  }

  static String mac(int number) {
    return "52:54:00:00:%02x:%02x".formatted(number >> 8, number & 0xff);
  }
}
