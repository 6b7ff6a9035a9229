package org.kobako.block.client.mount.nbd;

import java.time.Duration;

/**
 * Options of an {@link NbdServer}.
 *
 * @param address where it listens
 * @param maxConnections clients at once, 1-1024; the next one is turned away
 * @param maxWorkers reads at once that wait for the network, 1-1024, for all connections together
 *     and besides one per connection; each has 1 MiB of memory from its first use
 * @param handshakeTimeout time a client has to negotiate, 100 ms to 1 hour
 */
public record NbdConfig(
    NbdAddress address, int maxConnections, int maxWorkers, Duration handshakeTimeout) {
  public static final int DEFAULT_MAX_CONNECTIONS = 16;
  public static final int DEFAULT_MAX_WORKERS = 16;
  public static final Duration DEFAULT_HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

  public NbdConfig {
    within("max-connections", maxConnections, 1, 1024, "");
    within("max-workers", maxWorkers, 1, 1024, "");
    within("handshake-timeout", handshakeTimeout.toMillis(), 100, 3_600_000, " ms");
  }

  /** The defaults, on an address. */
  public static NbdConfig on(NbdAddress address) {
    return new NbdConfig(
        address, DEFAULT_MAX_CONNECTIONS, DEFAULT_MAX_WORKERS, DEFAULT_HANDSHAKE_TIMEOUT);
  }

  private static void within(String option, long value, long min, long max, String unit) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          option + " " + value + unit + " is refused: use " + min + "-" + max + unit);
    }
  }
}
