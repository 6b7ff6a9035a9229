package org.kobako.appliance.box;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.TrustKey;

/**
 * What a box is told.
 *
 * @param store the directory it serves
 * @param http where it listens
 * @param netboot what it does for machines without a disk
 * @param proxy the stores that it fetches from; empty for none
 * @param state the folder of what it must remember; empty for the usual place
 * @param user whom it becomes when it has its ports; empty for the best there is
 * @param admin who may change the store from afar
 */
public record BoxConfig(
    Path store,
    Http http,
    NetbootConfig netboot,
    Optional<ProxySettings> proxy,
    Optional<Path> state,
    Optional<String> user,
    Admin admin) {
  public static final int DEFAULT_HTTP_PORT = 8080;
  public static final int MAX_PORT = 65535;

  /**
   * Where a box speaks HTTP.
   *
   * @param listen the address it listens on; null for all of the machine's
   * @param namedPort 0 takes one that is free; empty for the usual one
   */
  public record Http(@Nullable InetAddress listen, Optional<Integer> namedPort) {
    public static final Http DEFAULTS = new Http(null, Optional.empty());

    int port() {
      return namedPort.orElse(DEFAULT_HTTP_PORT);
    }

    /** Whether nobody but this machine can reach it. */
    boolean isLoopback() {
      return listen != null && listen.isLoopbackAddress();
    }
  }

  /**
   * Who may change the store from afar.
   *
   * @param secretFile holds the secret of those who may; empty for the firmware's, or nobody
   * @param trust the key that must have signed what comes; empty for any
   */
  public record Admin(Optional<Path> secretFile, Optional<TrustKey> trust) {
    public static final Admin DEFAULTS = new Admin(Optional.empty(), Optional.empty());
  }

  /** A store over HTTP, and nothing else. */
  public static BoxConfig httpOnly(Path store, InetAddress listen, int port) {
    return of(store, new Http(listen, Optional.of(port))).withNetboot(NetbootConfig.OFF);
  }

  /** The defaults: HTTP, and all that boots machines where the box may do so. */
  public static BoxConfig of(Path store, Http http) {
    return new BoxConfig(
        store,
        http,
        NetbootConfig.DEFAULTS,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Admin.DEFAULTS);
  }

  public BoxConfig withHttp(Http other) {
    return new BoxConfig(store, other, netboot, proxy, state, user, admin);
  }

  private BoxConfig withNetboot(NetbootConfig other) {
    return new BoxConfig(store, http, other, proxy, state, user, admin);
  }

  /** The store of a box that is told of none: in the folder of what it remembers. */
  public static Path usualStore(Optional<Path> state) throws IOException {
    return StateDirectory.of(state).resolve("store");
  }

  /** Boot files lie beside the images, where the config names no other folder. */
  Path bootFiles() {
    return netboot.bootFiles().orElseGet(() -> store.resolve("boot"));
  }
}
