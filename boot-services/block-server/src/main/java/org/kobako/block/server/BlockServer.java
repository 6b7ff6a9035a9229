package org.kobako.block.server;

import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.kobako.block.format.StoreFiles;

/**
 * Serves the images and blocks of a store, and boot files, read-only, to any HTTP client or cache.
 */
public final class BlockServer {
  private BlockServer() {}

  /**
   * A handler for the root of a server, behind a {@link #connector}. It answers every request, so
   * it is the last of a sequence.
   */
  public static Handler handler(BlockServerConfig config) {
    return new BlockHandler(config);
  }

  /**
   * The connector that {@link #handler} needs: over its connections files go without a copy in this
   * process, and what machines ask for all day is answered without Jetty's handlers, of which none
   * but this server's may therefore stand before a store's files.
   *
   * <p>Of a machine's connections, so many are served at one time, and others wait for the first of
   * them to be closed or idle; those that ask or read too slowly are closed; who finds no room gets
   * a 503.
   *
   * @param maxConnections those that are told that there is no room not counted
   * @param store as the handler's config has it
   * @param reads as the handler's config has it
   */
  public static ServerConnector connector(
      Server server,
      int acceptors,
      int selectors,
      int maxConnections,
      StoreFiles store,
      MachineReads reads,
      HttpConnectionFactory http) {
    return connector(server, acceptors, selectors, new Crowd(maxConnections), store, reads, http);
  }

  static ServerConnector connector(
      Server server,
      int acceptors,
      int selectors,
      Crowd crowd,
      StoreFiles store,
      MachineReads reads,
      HttpConnectionFactory http) {
    ConnectionFactory[] factories = {new StoreConnectionFactory(store, reads, http, crowd), http};
    return new ServerConnector(server, null, null, null, acceptors, selectors, factories) {
      @Override
      protected SocketChannelEndPoint newEndPoint(
          SocketChannel channel, ManagedSelector selector, SelectionKey key) {
        FileConnection connection =
            new FileConnection(channel, selector, key, getScheduler(), crowd);
        connection.setIdleTimeout(getIdleTimeout());
        return connection;
      }

      @Override
      protected void doStart() throws Exception {
        super.doStart();
        crowd.begin(getScheduler());
      }

      @Override
      protected void doStop() throws Exception {
        crowd.end();
        super.doStop();
      }
    };
  }

  /**
   * A handler whose answers say when they were given, for a server that is told not to do so: what
   * Jetty does it with takes much memory.
   */
  public static Handler dated(Handler handler) {
    return new DatedHandler(handler);
  }
}
