package org.kobako.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** dnsmasq as a resolver that knows what its options say, and asks nobody. */
public final class DnsmasqResolver {
  private DnsmasqResolver() {}

  /**
   * Its command line, which stays in the foreground.
   *
   * @param options where it listens, and what it knows
   */
  public static List<String> command(List<String> options) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "dnsmasq",
                "--no-daemon",
                "--conf-file=/dev/null",
                "--pid-file=",
                "--user=root",
                "--no-resolv",
                "--no-hosts",
                "--bind-interfaces"));
    command.addAll(options);
    return command;
  }

  /** The same on the loopback address. */
  public static List<String> command(int port, List<String> options) {
    List<String> all = new ArrayList<>(List.of("--port=" + port, "--listen-address=127.0.0.1"));
    all.addAll(options);
    return command(all);
  }

  /** Starts one on the loopback address, and waits until it listens; the test ends it. */
  public static Process start(Path log, int port, List<String> options) throws IOException {
    Process dnsmasq = Peer.start(log, command(port, options));
    Peer.await(
        "dnsmasq listens",
        Duration.ofSeconds(30),
        () -> Files.readString(log).contains("started") || !dnsmasq.isAlive());
    if (!dnsmasq.isAlive()) {
      throw new IOException("dnsmasq ended: " + Files.readString(log));
    }
    return dnsmasq;
  }
}
