package org.kobako.dhcp;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.jspecify.annotations.Nullable;
import org.kobako.boot.plan.Notices;
import org.kobako.dhcp.packet.DhcpPacket;
import org.kobako.dhcp.packet.MalformedPacketException;
import org.kobako.dhcp.service.Answer;
import org.kobako.dhcp.service.Arrival;
import org.kobako.dhcp.service.ProxyService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From MINA's datagrams on one interface to answers and back; in that interface's thread only. */
final class DhcpHandler extends IoHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(DhcpHandler.class);

  /** What is done about the datagrams of an interface. */
  sealed interface Role {
    /** Nobody is answered. */
    record Idle() implements Role {}

    /** Nobody is answered; other servers' offers are looked out for. */
    record Asking(ServerSearch search) implements Role {}

    /**
     * Addresses and boot files are given.
     *
     * @param rivals others who do so, too; null where that is as it should be
     */
    record Server(Leases leases, ProxyService bootServer, @Nullable ServerSearch rivals)
        implements Role {}

    /** Boot files are given. */
    record Proxy(ProxyService proxy) implements Role {}
  }

  private final Notices notices;
  private final RequestGate gate;
  private final DhcpPacket packet = new DhcpPacket();
  private final InterfacePorts ports;
  private volatile Role role = new Role.Idle();
  private volatile int requests;

  DhcpHandler(BootInterface where, Notices notices, LongSupplier clockNs) {
    this.notices = notices;
    this.gate = new RequestGate(clockNs);
    this.ports = new InterfacePorts(where, this);
  }

  InterfacePorts ports() {
    return ports;
  }

  void become(Role next) {
    role = next;
  }

  Role role() {
    return role;
  }

  /** A number that changes with every request: whether the interface is busy. */
  int requests() {
    return requests;
  }

  @Override
  public void messageReceived(IoSession session, Object message) {
    try {
      InetSocketAddress local = (InetSocketAddress) session.getLocalAddress();
      InetSocketAddress remote = (InetSocketAddress) session.getRemoteAddress();
      received(((IoBuffer) message).buf(), local, remote);
    } catch (RuntimeException e) {
      // A packet never stops the loop, whatever it brought to light.
      notices.count("fault", "a request was dropped, as there is a fault in its handling: " + e);
      LOG.debug("dhcp: fault", e);
    } finally {
      session.closeNow();
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written by the interface's thread alone
  private void received(ByteBuffer datagram, InetSocketAddress local, InetSocketAddress remote) {
    Role now = role;
    if (now instanceof Role.Idle) {
      return;
    }
    if (local.equals(ports.checkAddress())) {
      PortCheck.answer(datagram, remote, ports);
      return;
    }
    if (now instanceof Role.Asking asking) {
      asking.search().received(datagram);
      return;
    }
    if (now instanceof Role.Server server && server.rivals() != null) {
      server.rivals().received(datagram);
    }
    requests++;
    try {
      packet.wrap(datagram);
    } catch (MalformedPacketException e) {
      LOG.debug("dhcp: {} sent what is no request: {}", remote, e.getMessage());
      return;
    }
    if (packet.mac().equals(ports.where().mac())) {
      return; // the box's own question
    }
    if (!gate.admits(packet.mac())) {
      notices.count(
          "gate",
          "too many requests on " + ports.where().name() + "; the rest of a second's is dropped");
      return;
    }
    act(now, local, remote);
  }

  private void act(Role now, InetSocketAddress local, InetSocketAddress remote) {
    boolean onBootServerPort = local.getPort() == ProxyService.PORT;
    BootInterface where = ports.where();
    switch (now) {
      case Role.Server server when onBootServerPort ->
          send(server.bootServer().answerBootServer(packet, where.address(), remote), local);
      case Role.Server server -> {
        boolean alone = !local.getAddress().isAnyLocalAddress();
        Arrival arrival = new Arrival(where.address(), where.link(), alone);
        send(server.leases().answer(packet, arrival, ports), local);
      }
      case Role.Proxy proxy when onBootServerPort ->
          send(proxy.proxy().answerBootServer(packet, where.address(), remote), local);
      case Role.Proxy proxy -> send(proxy.proxy().answer(packet, where.address()), local);
      case Role.Idle idle -> {}
      case Role.Asking asking -> {}
    }
  }

  private void send(Answer answer, InetSocketAddress local) {
    switch (answer) {
      case Answer.Reply reply -> {
        LOG.debug("dhcp: {} to {}", reply.type(), packet.mac());
        ports.send(local.getPort(), reply.bytes(), reply.destination());
      }
      case Answer.Silence silence ->
          LOG.debug("dhcp: nothing to {}: {}", packet.mac(), silence.why());
      case Answer.Written written -> {} // goes on when it is on the disk
    }
  }

  @Override
  public void exceptionCaught(IoSession session, Throwable cause) {
    notices.count("socket", "a reply on " + ports.where().name() + " was lost: " + cause);
  }
}
