package org.kobako.dhcp.service;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.kobako.boot.plan.FirstFile;
import org.kobako.boot.plan.Machine;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.identity.FirmwareIdentity;
import org.kobako.dhcp.identity.FirmwareIdentity.Dialect;
import org.kobako.dhcp.packet.DhcpPacket;
import org.kobako.dhcp.packet.MessageType;
import org.kobako.dhcp.packet.ReplyWriter;

/**
 * proxyDHCP (PXE specification 2.1, section 2): tells firmware its boot file beside somebody else's
 * server, which gives the address. U-Boot, and all that is no PXE or HTTP client, takes its boot
 * file only from whoever gives the address, and is not answered.
 */
public final class ProxyService {
  /** Where a machine that has its address asks for its boot file. */
  public static final int PORT = 4011;

  private static final Answer.Silence NOT_FOR_US = new Answer.Silence("not a firmware's");

  private final FirstFiles firstFiles;
  private final Consumer<Machine> seen;

  public ProxyService(FirstFiles firstFiles, Consumer<Machine> seen) {
    this.firstFiles = firstFiles;
    this.seen = seen;
  }

  /** A request on port 67, where others give the addresses. */
  public Answer answer(DhcpPacket request, Ipv4Address box) {
    FirmwareIdentity identity = FirmwareIdentity.of(request);
    if (identity.dialect() == Dialect.PLAIN) {
      return NOT_FOR_US;
    }
    seen.accept(identity.machine());
    return request.type() == MessageType.DISCOVER
        ? reply(request, identity, MessageType.OFFER, box, Destination.of(request))
        : NOT_FOR_US;
  }

  /** A request on port 4011, from a machine that has an address. */
  public Answer answerBootServer(DhcpPacket request, Ipv4Address box, InetSocketAddress from) {
    FirmwareIdentity identity = FirmwareIdentity.of(request);
    boolean asks = request.type() == MessageType.REQUEST || request.type() == MessageType.INFORM;
    if (identity.dialect() == Dialect.PLAIN
        || !asks
        || !(from.getAddress() instanceof Inet4Address address)) {
      return NOT_FOR_US;
    }
    seen.accept(identity.machine());
    // To where it came from: EDK2 asks from port 4011 or 68, other ROMs from any.
    Destination back = new Destination(Ipv4Address.of(address), from.getPort());
    return reply(request, identity, MessageType.ACK, box, back);
  }

  private Answer reply(
      DhcpPacket request,
      FirmwareIdentity identity,
      MessageType type,
      Ipv4Address box,
      Destination destination) {
    FirstFile file = firstFiles.firstFile(identity.machine(), box);
    if (file instanceof FirstFile.Nothing nothing && identity.dialect() != Dialect.RASPBERRY_PI) {
      return new Answer.Silence(nothing.why());
    }
    ReplyWriter reply = new ReplyWriter(request, type, box);
    if (type == MessageType.ACK) {
      reply.repeatMachineAddress();
    }
    BootOptions.writeAlone(reply, request, identity, file, box);
    return new Answer.Reply(type, reply.end(), destination);
  }
}
