package org.kobako.dhcp;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.packet.ServerQuestion;
import org.kobako.dhcp.service.Destination;
import org.kobako.dhcp.service.LeaseService;

/** Whether somebody else gives out addresses on an interface. */
final class ServerSearch {
  private static final Destination ALL_SERVERS =
      new Destination(Ipv4Address.BROADCAST, Destination.SERVER_PORT);

  private final InterfacePorts ports;
  private final ServerQuestion question;
  private volatile @Nullable Ipv4Address found;

  ServerSearch(InterfacePorts ports) {
    this.ports = ports;
    this.question =
        new ServerQuestion(
            ThreadLocalRandom.current().nextInt(), ports.where().mac(), LeaseService.BOX_CLASS);
  }

  /**
   * Asks once, twice over: as a machine, whose answer comes to port 68, where it may be a DHCP
   * client of the box that gets it; and as a relay agent, which some servers do not answer.
   */
  void ask() {
    ports.send(Destination.SERVER_PORT, question.ask(Ipv4Address.NONE), ALL_SERVERS);
    ports.send(Destination.SERVER_PORT, question.ask(ports.where().address()), ALL_SERVERS);
  }

  /** Looks at a datagram that may be an answer; does not change the buffer. */
  void received(ByteBuffer datagram) {
    question.serverIn(datagram).ifPresent(server -> found = server);
  }

  Optional<Ipv4Address> found() {
    return Optional.ofNullable(found);
  }
}
