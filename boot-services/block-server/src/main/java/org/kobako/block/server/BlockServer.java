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
}
