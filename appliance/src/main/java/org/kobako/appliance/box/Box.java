package org.kobako.appliance.box;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.kobako.block.server.BlockServer;
import org.kobako.block.server.BlockServerConfig;

/** A running box, from {@link #start} to {@link #close}. */
public final class Box implements AutoCloseable {
  private final BoxHttp http;
  private final Netboot netboot;

  private Box(BoxHttp http, Netboot netboot) {
    this.http = http;
    this.netboot = netboot;
  }

  /**
   * Takes every port, gives up root, then serves.
   *
   * @throws IllegalArgumentException if the configuration is refused, with the reason
   * @throws IOException if a port cannot be had, with what to do
   */
  public static Box start(BoxConfig config) throws IOException {
    BlockServerConfig blocks = BlockServerConfig.of(config.store());
    BoxHttp http = new BoxHttp(config.http());
    http.bind();
    Netboot netboot = null;
    try {
      netboot = Netboot.bind(config, http.port());
      if (netboot.isOn() || config.user().isPresent()) {
        Privileges.giveUp(config);
      }
      http.start(BlockServer.handler(blocks.withBootFiles(netboot.bootFiles())));
      netboot.start();
      return new Box(http, netboot);
    } catch (IOException | RuntimeException e) {
      close(netboot, http);
      throw e;
    }
  }

  /** Where machines on the network reach it: {@code http://192.168.1.2:8080/}. */
  public String url() throws IOException {
    return http.url();
  }

  /** What it does for machines without a disk, half a sentence; may be empty. */
  public String netboot() {
    return netboot.toString();
  }

  /** Lets what is under way end, then gives the ports back. */
  @Override
  public void close() throws IOException {
    close(netboot, http);
  }

  private static void close(@Nullable Netboot netboot, BoxHttp http) throws IOException {
    if (netboot != null) {
      netboot.close();
    }
    http.stop();
  }
}
