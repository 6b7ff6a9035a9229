package org.kobako.dhcp.service;

import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.packet.DhcpPacket;

/** Where a reply goes. */
public record Destination(Ipv4Address address, int port) {
  public static final int SERVER_PORT = 67;
  public static final int MACHINE_PORT = 68;

  /** Everybody on the link that the request came over. */
  public static final Destination BROADCAST = new Destination(Ipv4Address.BROADCAST, MACHINE_PORT);

  /**
   * RFC 2131 section 4.1: through the relay agent, to the machine's own address if it has one, or
   * else to everybody on the link. A machine without an address is not reached by its new one, as
   * the RFC would also allow: that takes an entry in the kernel's ARP table, which Java cannot
   * make.
   */
  static Destination of(DhcpPacket request) {
    if (!request.relay().isNone()) {
      return relay(request);
    }
    return request.machineAddress().isNone()
        ? BROADCAST
        : new Destination(request.machineAddress(), MACHINE_PORT);
  }

  /** A NAK is for a machine whose address is wrong, so nothing is sent to that. */
  static Destination ofNak(DhcpPacket request) {
    return request.relay().isNone() ? BROADCAST : relay(request);
  }

  private static Destination relay(DhcpPacket request) {
    return new Destination(request.relay(), SERVER_PORT);
  }
}
