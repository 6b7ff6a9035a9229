package org.kobako.block.client.mount.nbd;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kobako.block.client.Disk;

/**
 * Offers a disk as the one export of an NBD server, read-only, until it is closed. The export is
 * the default one (no name) and also has the disk's name.
 */
public final class NbdServer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(NbdServer.class.getName());
  private static final long TICK_MS = 100;
  private static final long END_PATIENCE_MS = 5_000;

  private final Disk disk;
  private final NbdConfig config;
  private final Export export;
  private final ServerSocketChannel listener;
  private final Selector selector;
  private final NbdAddress address;
  private final Threads threads = new Threads();
  private final Workers workers;

  // Guarded by this.
  private final Set<NbdConnection> connections = new HashSet<>();
  private final ArrayDeque<Answerer> spareAnswerers = new ArrayDeque<>();
  private int accepted;
  private boolean turningAway;
  private boolean closed;

  private NbdServer(Disk disk, NbdConfig config, ServerSocketChannel listener) throws IOException {
    this.disk = disk;
    this.config = config;
    this.export = new Export(disk);
    this.listener = listener;
    this.address =
        switch (config.address()) {
          case NbdAddress.Tcp(String host, int port) ->
              new NbdAddress.Tcp(host, ((InetSocketAddress) listener.getLocalAddress()).getPort());
          case NbdAddress.UnixSocket socket -> socket;
        };
    this.workers = new Workers(config.maxWorkers(), () -> new Answerer(disk), threads);
    this.selector = Selector.open();
    listener.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
  }

  /**
   * Listens, and serves whoever connects.
   *
   * @throws IOException if the address cannot be listened on
   */
  public static NbdServer start(Disk disk, NbdConfig config) throws IOException {
    ServerSocketChannel listener = config.address().bind();
    try {
      NbdServer server = new NbdServer(disk, config, listener);
      server.threads.start("nbd-listener", server::listen);
      return server;
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
  }

  /** Where it listens, with the port that port 0 became. */
  public NbdAddress address() {
    return address;
  }

  /** Waits until it is closed. */
  public synchronized void awaitEnd() throws InterruptedException {
    while (!closed) {
      wait();
    }
  }

  /** Hangs up on everybody, ends the threads and removes the socket file. May be called twice. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      connections.forEach(NbdConnection::abort);
      notifyAll();
    }
    workers.close();
    try {
      selector.close();
      listener.close();
      if (address instanceof NbdAddress.UnixSocket socket) {
        Files.deleteIfExists(socket.path());
      }
      threads.join(END_PATIENCE_MS);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "nbd: " + address + " does not close: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void listen() {
    boolean negotiating = false;
    while (selector.isOpen()) {
      try {
        selector.select(key -> accept(), negotiating ? TICK_MS : 0);
      } catch (ClosedSelectorException closing) {
        return;
      } catch (IOException e) {
        LOG.log(Level.WARNING, "nbd: " + address + " cannot wait for clients: " + e);
        close();
        return;
      }
      negotiating = hangUpOnOverdue();
    }
  }

  /** An accept that fails, for want of descriptors say, is no reason to stop. */
  private void accept() {
    try {
      SocketChannel channel = listener.accept();
      if (channel != null) {
        serve(channel);
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "nbd: " + address + " cannot accept a client: " + e + "; trying on");
      pause();
    }
  }

  /** The client that could not be accepted is still there: without a pause this would spin. */
  private synchronized void pause() {
    try {
      wait(TICK_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void serve(SocketChannel channel) throws IOException {
    if (closed || connections.size() == config.maxConnections()) {
      channel.close();
      tellTurnedAway();
      return;
    }
    tune(channel);
    long deadlineNs = System.nanoTime() + config.handshakeTimeout().toNanos();
    NbdConnection connection =
        new NbdConnection(this, disk, export, workers, channel, ++accepted, deadlineNs);
    connections.add(connection);
    threads.start("nbd-connection-" + accepted, connection);
  }

  /** Once until somebody leaves, not once for each of them. */
  private void tellTurnedAway() {
    if (!turningAway && !closed) {
      turningAway = true;
      LOG.log(
          Level.WARNING,
          "nbd: "
              + address
              + " turns clients away: "
              + connections.size()
              + " are connected, which is max-connections");
    }
  }

  private void tune(SocketChannel channel) throws IOException {
    if (address instanceof NbdAddress.Tcp) {
      try {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        // A client that lost its power is noticed some time.
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    }
  }

  /**
   * @return whether somebody is still negotiating
   */
  private boolean hangUpOnOverdue() {
    List<NbdConnection> open;
    synchronized (this) {
      open = List.copyOf(connections);
    }
    long nowNs = System.nanoTime();
    for (NbdConnection connection : open) {
      if (connection.isOverdue(nowNs)) {
        LOG.log(Level.WARNING, "nbd: " + connection + " does not negotiate; it is closed");
        connection.abort();
      }
    }
    return open.stream().anyMatch(connection -> !connection.isNegotiated());
  }

  /** An answerer for the time of a connection; there are as many as there were connections once. */
  synchronized Answerer borrowAnswerer() {
    Answerer spare = spareAnswerers.poll();
    return spare != null ? spare : new Answerer(disk);
  }

  synchronized void ended(NbdConnection connection, @Nullable Answerer borrowed) {
    connections.remove(connection);
    turningAway = false;
    if (borrowed != null) {
      spareAnswerers.push(borrowed);
    }
  }
}
