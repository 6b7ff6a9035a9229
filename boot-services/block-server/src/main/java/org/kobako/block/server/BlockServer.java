package org.kobako.block.server;

import org.eclipse.jetty.server.Handler;

/**
 * Serves the images and blocks of a store, and boot files, read-only, to any HTTP client or cache.
 */
public final class BlockServer {
  private BlockServer() {}

  /**
   * A handler for the root of a server. It answers every request, so it is the last of a sequence.
   */
  public static Handler handler(BlockServerConfig config) {
    return new BlockHandler(config);
  }

  /**
   * A handler whose answers say when they were given, for a server that is told not to do so: what
   * Jetty does it with takes much memory.
   */
  public static Handler dated(Handler handler) {
    return new DatedHandler(handler);
  }
}
