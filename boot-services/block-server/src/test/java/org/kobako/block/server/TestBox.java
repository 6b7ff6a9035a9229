package org.kobako.block.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * A box that serves one store on a loopback port, as the appliance would, with so few threads that
 * one held for long is missed.
 */
final class TestBox implements AutoCloseable {
  private static final int THREADS = 6;

  private static final int MANY_CONNECTIONS = 1000;

  /** What is being sent is sent to its end, and nothing else begun. */
  private static final int STOP_MS = 10_000;

  /** Kept here, as a logger that nobody holds forgets its level. */
  private static final Logger JETTY_LOG = Logger.getLogger("org.eclipse.jetty");

  static {
    JETTY_LOG.setLevel(Level.WARNING);
  }

  private final Server server;
  private final ServerConnector connector;
  private final ArrayByteBufferPool pool = new ArrayByteBufferPool();

  TestBox(Path store) throws Exception {
    this(BlockServerConfig.of(store));
  }

  TestBox(BlockServerConfig config) throws Exception {
    this(config, new Crowd(MANY_CONNECTIONS));
  }

  TestBox(BlockServerConfig config, Crowd crowd) throws Exception {
    server = new Server(new QueuedThreadPool(THREADS), null, pool);
    connector =
        BlockServer.connector(
            server, 1, 1, crowd, config.store(), config.reads(), new HttpConnectionFactory());
    connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
    server.addConnector(connector);
    server.setStopTimeout(STOP_MS);
    server.setHandler(new GracefulHandler(BlockServer.handler(config)));
    server.start();
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), connector.getLocalPort());
  }

  String url() {
    return "http://127.0.0.1:" + connector.getLocalPort() + "/";
  }

  /** By which kind of connection the next requests are answered. */
  List<String> connections() {
    return connector.getConnectedEndPoints().stream()
        .map(it -> it.getConnection().getClass().getSimpleName())
        .toList();
  }

  @Override
  public void close() throws Exception {
    server.stop();
  }
}
