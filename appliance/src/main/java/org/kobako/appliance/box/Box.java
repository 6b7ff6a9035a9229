package org.kobako.appliance.box;

import java.io.IOException;
import org.kobako.block.server.BlockServer;
import org.kobako.block.server.BlockServerConfig;

/** A box that serves a store, from {@link #start} to {@link #close}. */
public final class Box implements AutoCloseable {
  private final BoxHttp http;

  private Box(BoxHttp http) {
    this.http = http;
  }

  /**
   * Takes every port, then serves.
   *
   * @throws IllegalArgumentException if the configuration is refused, with the reason
   * @throws IOException if a port cannot be had, with what to do
   */
  public static Box start(BoxConfig config) throws IOException {
    BoxHttp http = new BoxHttp(config, BlockServer.handler(BlockServerConfig.of(config.store())));
    http.bind();
    http.start();
    return new Box(http);
  }

  /** Where machines on the network reach it: {@code http://192.168.1.2:8080/}. */
  public String url() throws IOException {
    return http.url();
  }

  /** Lets what is under way end, then gives the ports back. */
  @Override
  public void close() throws IOException {
    http.stop();
  }
}
