package org.kobako.dhcp;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.packet.ServerQuestion;
import org.kobako.dhcp.service.Destination;
import org.kobako.dhcp.service.LeaseService;

/**
 * Whether somebody else gives out addresses on an interface, or is about to, so that this box
 * should not. Among boxes the one with the lower address goes before the other, when both look or
 * both give out addresses already; where they are told to share, none does.
 */
final class ServerSearch {
  private static final Destination ALL_SERVERS =
      new Destination(Ipv4Address.BROADCAST, Destination.SERVER_PORT);

  private final InterfacePorts ports;
  private final boolean yields;
  private final ServerQuestion question;
  private volatile boolean serves;
  private volatile @Nullable Ipv4Address found;

  /**
   * @param yields whether another box that looks, too, may be the one that gives addresses
   */
  ServerSearch(InterfacePorts ports, boolean yields) {
    this.ports = ports;
    this.yields = yields;
    this.question =
        new ServerQuestion(
            ThreadLocalRandom.current().nextInt(), ports.where().mac(), LeaseService.SEARCH_CLASS);
  }

  /**
   * Asks once, twice over: as a machine, whose answer comes to port 68, where it may be a DHCP
   * client of the box that gets it; and as a relay agent, which some servers do not answer.
   */
  void ask() {
    ports.send(Destination.SERVER_PORT, question.ask(Ipv4Address.NONE), ALL_SERVERS);
    ports.send(Destination.SERVER_PORT, question.ask(ports.where().address()), ALL_SERVERS);
  }

  /** From now on this box gives out addresses, too, and leaves it to boxes that go before it. */
  void serve() {
    serves = true;
  }

  /** Looks at a datagram that may be an answer; does not change the buffer. */
  void received(ByteBuffer datagram) {
    Optional<Ipv4Address> server =
        question
            .serverIn(datagram)
            .filter(other -> !serves || goesBefore(other) || !question.isAmongUs(datagram));
    server.or(() -> boxBefore(datagram)).ifPresent(other -> found = other);
  }

  /** Another box that asks the same, if it goes before this one. */
  private Optional<Ipv4Address> boxBefore(ByteBuffer datagram) {
    return yields && !serves
        ? ServerQuestion.askedIn(datagram.slice(), LeaseService.SEARCH_CLASS)
            .filter(this::goesBefore)
        : Optional.empty();
  }

  private boolean goesBefore(Ipv4Address other) {
    return other.compareTo(ports.where().address()) < 0;
  }

  Optional<Ipv4Address> found() {
    return Optional.ofNullable(found);
  }
}
