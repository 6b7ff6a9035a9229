package org.kobako.dns;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.kobako.dns.balance.MachineRange;
import org.xbill.DNS.Name;
import org.xbill.DNS.TextParseException;

/**
 * What a DNS server is told, concluded when it is made.
 *
 * @param listen where questions come, by UDP and TCP
 * @param zone the room's, such as {@code boot.kobako}
 * @param box the name of this box
 * @param machines who may ask for names of elsewhere: the boot network, no one beyond it
 */
public record DnsConfig(
    InetSocketAddress listen, String zone, String box, List<MachineRange> machines) {
  public static final int USUAL_PORT = 53;
  public static final String USUAL_ZONE = "boot.kobako";

  /** So that two resolvers have had their turn before most programs ask again: 5 s. */
  static final Duration RESOLVER_TIMEOUT = Duration.ofSeconds(2);

  public DnsConfig {
    machines = List.copyOf(machines);
    nameOf(zone);
  }

  /** The zone's name, with its last dot. */
  Name origin() {
    return nameOf(zone);
  }

  private static Name nameOf(String zone) {
    try {
      Name name = Name.fromString(zone, Name.root);
      if (name.labels() > 1 && !name.isWild()) {
        return name;
      }
    } catch (TextParseException e) {
      throw new IllegalArgumentException("zone " + zone + " is refused: " + e.getMessage(), e);
    }
    throw new IllegalArgumentException("zone " + zone + " is refused: write boot.kobako");
  }

  boolean mayAskForElsewhere(InetAddress machine) {
    return machine.isLoopbackAddress()
        || machines.stream().anyMatch(range -> range.contains(machine));
  }
}
