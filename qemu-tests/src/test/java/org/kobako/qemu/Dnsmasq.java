package org.kobako.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.kobako.testing.Peer;

/** Somebody else's DHCP server: 10.77.0.100 to 150. */
final class Dnsmasq {
  private Dnsmasq() {}

  /**
   * Starts it, and waits until it gives out addresses.
   *
   * @param logs where it leaves its leases and what it says
   * @param more what it does besides
   */
  static Process start(Network.Host host, Path logs, String... more) throws IOException {
    Path log = logs.resolve("dnsmasq.log");
    List<String> words =
        new ArrayList<>(
            List.of(
                "dnsmasq",
                "--no-daemon",
                "--conf-file=/dev/null",
                "--port=0",
                "--user=root",
                "--interface=eth0",
                "--dhcp-range=10.77.0.100,10.77.0.150,5m",
                "--dhcp-leasefile=" + logs.resolve("leases")));
    words.addAll(List.of(more));
    Process dnsmasq = Peer.start(log, host.command(words.toArray(String[]::new)));
    Peer.await(
        "dnsmasq listens", Duration.ofSeconds(30), () -> Files.readString(log).contains("DHCP, "));
    return dnsmasq;
  }
}
