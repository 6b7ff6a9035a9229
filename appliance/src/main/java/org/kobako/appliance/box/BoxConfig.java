package org.kobako.appliance.box;

import java.net.InetAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a box is told.
 *
 * @param store the directory it serves
 * @param listen the address it listens on; null for all of the machine's
 * @param httpPort 0 takes one that is free
 */
public record BoxConfig(Path store, @Nullable InetAddress listen, int httpPort) {
  public static final int DEFAULT_HTTP_PORT = 8080;
  public static final int MAX_PORT = 65535;
}
