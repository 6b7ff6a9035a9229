package org.kobako.dhcp;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.mina.core.buffer.IoBuffer;
import org.apache.mina.core.service.IoHandler;
import org.apache.mina.core.service.IoService;
import org.apache.mina.core.service.IoServiceListener;
import org.apache.mina.core.session.IdleStatus;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.core.session.IoSessionRecycler;
import org.apache.mina.transport.socket.nio.NioDatagramAcceptor;
import org.kobako.dhcp.packet.DhcpPacket;
import org.kobako.dhcp.service.Destination;
import org.kobako.dhcp.service.ProxyService;

/**
 * The sockets on one interface. Broadcasts come to the one that has no address (port 67), what is
 * sent to the box alone to those that have its address (ports 67 and 4011), which also send: by
 * their source address the kernel knows the interface of a broadcast to 255.255.255.255. A fourth,
 * on any port, is for the box's own check: the others may be tied to the interface, and what a box
 * sends to itself does not come in there.
 */
final class InterfacePorts implements AutoCloseable {
  /** Room for a burst of a few thousand requests while a thread is busy. */
  private static final int RECEIVE_BUFFER_BYTES = 1 << 20;

  private static final InetSocketAddress EVERYBODY =
      new InetSocketAddress(Destination.BROADCAST.address().toInet(), Destination.MACHINE_PORT);

  private final BootInterface where;

  /** Ours, as MINA would interrupt its own when it ends, and then wait a second for it. */
  private final ExecutorService receiver = Executors.newSingleThreadExecutor();

  private final NioDatagramAcceptor acceptor = new NioDatagramAcceptor(receiver);
  private final Map<Integer, IoSession> senders = new HashMap<>();
  private int checkPort;

  InterfacePorts(BootInterface where, IoHandler handler) {
    this.where = where;
    acceptor.setHandler(handler);
    // A session for each datagram, which the handler closes: none is kept for those who send many.
    acceptor.setSessionRecycler(IoSessionRecycler.NOOP);
    acceptor.addListener(new ThreadNamer("dhcp-" + where.name()));
    acceptor.getSessionConfig().setReuseAddress(true);
    acceptor.getSessionConfig().setBroadcast(true);
    acceptor.getSessionConfig().setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
    acceptor.getSessionConfig().setMinReadBufferSize(1);
    // A byte more than a request may have tells one that is too long.
    acceptor.getSessionConfig().setReadBufferSize(DhcpPacket.MAX_BYTES + 1);
  }

  /**
   * Takes the ports.
   *
   * @throws IOException if one cannot be had, with the port, the reason and what to do
   */
  void bind() throws IOException {
    InetAddress own = where.address().toInet();
    List<InetSocketAddress> wanted =
        List.of(
            new InetSocketAddress(Destination.SERVER_PORT),
            new InetSocketAddress(own, Destination.SERVER_PORT),
            new InetSocketAddress(own, ProxyService.PORT),
            new InetSocketAddress(own, 0));
    try {
      acceptor.bind(wanted);
    } catch (IOException | RuntimeException e) {
      throw cannotTake(Destination.SERVER_PORT + " and " + ProxyService.PORT, where.name(), e);
    }
    for (SocketAddress bound : acceptor.getLocalAddresses()) {
      InetSocketAddress local = (InetSocketAddress) bound;
      if (local.getPort() != Destination.SERVER_PORT && local.getPort() != ProxyService.PORT) {
        checkPort = local.getPort();
      } else if (!local.getAddress().isAnyLocalAddress()) {
        senders.put(local.getPort(), acceptor.newSession(EVERYBODY, local));
      }
    }
  }

  /**
   * Sockets that share a port, as ours do, would share it with another server's as well, and each
   * would get some of the requests: so it is first tried alone.
   */
  static void requireFree() throws IOException {
    for (int port : List.of(Destination.SERVER_PORT, ProxyService.PORT)) {
      try (DatagramSocket trial = new DatagramSocket(null)) {
        trial.setReuseAddress(false);
        trial.bind(new InetSocketAddress(port));
      } catch (IOException e) {
        throw cannotTake(String.valueOf(port), "all interfaces", e);
      }
    }
  }

  private static IOException cannotTake(String ports, String where, Exception e) {
    String message = String.valueOf(e.getMessage());
    String reason = message.substring(message.lastIndexOf(':') + 1).strip();
    String sentence =
        switch (reason.replaceFirst(" \\(.*", "")) {
          case "Address already in use" ->
              "UDP port %s is in use: stop the DHCP server that has it (ss -ulpn names it)"
                  .formatted(ports);
          case "Permission denied" -> "UDP port %s is for root: run this as root".formatted(ports);
          default -> "cannot take UDP port %s on %s: %s".formatted(ports, where, reason);
        };
    return new IOException("dhcp: " + sentence, e);
  }

  BootInterface where() {
    return where;
  }

  /** Where {@link PortCheck} asks. */
  InetSocketAddress checkAddress() {
    return new InetSocketAddress(where.address().toInet(), checkPort);
  }

  /** Sends a datagram; one that the kernel does not take is lost, as any may be. */
  void send(int fromPort, ByteBuffer bytes, Destination destination) {
    IoSession sender = senders.get(fromPort);
    if (sender != null) {
      sender.write(
          IoBuffer.wrap(bytes),
          new InetSocketAddress(destination.address().toInet(), destination.port()));
    }
  }

  /** Gives the ports back; returns when they are free. */
  @Override
  public void close() {
    acceptor.dispose();
    receiver.close();
  }

  /** MINA names the thread after a class while it runs in it; its first event tells which it is. */
  private record ThreadNamer(String name) implements IoServiceListener {
    @Override
    public void serviceActivated(IoService service) {
      Thread.currentThread().setName(name);
    }

    @Override
    public void serviceIdle(IoService service, IdleStatus status) {}

    @Override
    public void serviceDeactivated(IoService service) {}

    @Override
    public void sessionCreated(IoSession session) {}

    @Override
    public void sessionClosed(IoSession session) {}

    @Override
    public void sessionDestroyed(IoSession session) {}
  }
}
