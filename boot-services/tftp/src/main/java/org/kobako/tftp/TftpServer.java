package org.kobako.tftp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.mina.core.service.IoService;
import org.apache.mina.core.service.IoServiceListener;
import org.apache.mina.core.session.IdleStatus;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.transport.socket.nio.NioDatagramAcceptor;
import org.jspecify.annotations.Nullable;
import org.kobako.boot.plan.BootFileName;
import org.kobako.boot.plan.BootFiles;

/**
 * Hands out boot files over TFTP. {@link #bind} takes every port it will ever use, {@link #start}
 * begins to answer, {@link #close} ends all transfers; privileges may be dropped after bind.
 */
public final class TftpServer implements AutoCloseable {
  private static final long TICK_MS = 100;

  private final TftpConfig config;
  private final Transfers transfers;
  private final NioDatagramAcceptor acceptor;
  private final TftpHandler handler;

  /** Ours, as MINA would interrupt its own when it ends, and then wait a second for it. */
  private final ExecutorService receiver = Executors.newSingleThreadExecutor();

  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().name("tftp-clock").daemon().unstarted(task));
  private @Nullable InetSocketAddress address;

  public TftpServer(TftpConfig config, BootFiles files) {
    this.config = config;
    this.transfers = new Transfers(config.maxTransfersPerMachine());
    this.acceptor = new NioDatagramAcceptor(receiver);
    this.handler = new TftpHandler(config, files, transfers, acceptor, System::nanoTime);
    acceptor.setHandler(handler);
    acceptor.setSessionRecycler(transfers);
    acceptor.addListener(new ThreadNamer());
    // A byte more than a request may have tells one that is too long.
    acceptor.getSessionConfig().setMinReadBufferSize(1);
    acceptor.getSessionConfig().setReadBufferSize(Packet.MAX_REQUEST_BYTES + 1);
  }

  /**
   * Takes the ports. Nobody is answered yet.
   *
   * @throws IOException if one cannot be had, with the port, the reason and what to do
   */
  public void bind() throws IOException {
    address = bind(config.port(), 1, "port").getFirst();
    bind(config.firstTransferPort(), config.maxTransfers(), "first-transfer-port")
        .forEach(transfers::add);
  }

  /** Binds a number of ports from the first on, or, if that is 0, such as the kernel chooses. */
  private List<InetSocketAddress> bind(int first, int count, String option) throws IOException {
    List<InetSocketAddress> wanted = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      wanted.add(new InetSocketAddress(config.listenAddress(), first == 0 ? 0 : first + i));
    }
    List<SocketAddress> before = List.copyOf(acceptor.getLocalAddresses());
    try {
      acceptor.bind(wanted);
    } catch (IOException | RuntimeException e) {
      throw new IOException(
          "tftp: cannot take UDP port %d%s of %s: %s; end the server that has it, or choose another %s"
              .formatted(
                  first,
                  count == 1 ? "" : " to " + (first + count - 1),
                  config.listenAddress().getHostAddress(),
                  reasonOf(e),
                  option),
          e);
    }
    return acceptor.getLocalAddresses().stream()
        .filter(bound -> !before.contains(bound))
        .map(InetSocketAddress.class::cast)
        .toList();
  }

  /** MINA puts the kernel's words on a line of their own, after its own. */
  private static String reasonOf(Exception e) {
    String message = String.valueOf(e.getMessage());
    return message.substring(message.lastIndexOf(':') + 1).strip();
  }

  /** Begins to answer. */
  public void start() {
    handler.start(address().getPort());
    clock.scheduleWithFixedDelay(handler::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
  }

  /** Where requests come in, once bound. */
  public InetSocketAddress address() {
    if (address == null) {
      throw new IllegalStateException("bind first");
    }
    return address;
  }

  /**
   * Makes sure that machines are answered, by reading a file of one packet as they would, from
   * within the box; takes seconds if they are not.
   *
   * @throws IOException if it is not read as it is, with the reason
   */
  public void check(BootFileName name, byte[] content) throws IOException {
    if (!Arrays.equals(SelfRead.read(address(), name), content)) {
      throw new IOException("another server answers on port " + address().getPort());
    }
  }

  /** For tests: how many sessions MINA keeps, one for each transfer that runs. */
  int sessionCount() {
    return acceptor.getManagedSessionCount();
  }

  /** Ends all transfers and gives the ports back; returns when they are free. */
  @Override
  public void close() {
    clock.shutdownNow();
    handler.stop();
    acceptor.dispose();
    receiver.close();
  }

  /** MINA names the thread after a class while it runs in it; its first event tells which it is. */
  private static final class ThreadNamer implements IoServiceListener {
    @Override
    public void serviceActivated(IoService service) {
      Thread.currentThread().setName("tftp");
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
