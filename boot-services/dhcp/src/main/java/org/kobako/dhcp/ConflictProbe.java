package org.kobako.dhcp;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.kobako.boot.plan.MacAddress;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.address.Subnet;

/**
 * Finds out ahead of need whether somebody uses a free address (RFC 2131 section 3.1, step 2), so
 * that no machine waits for that while it boots.
 *
 * <p>It needs no privilege: a datagram to the address makes the kernel ask for it by ARP, and
 * {@code /proc/net/arp} tells whether somebody answered. Only free addresses that would be offered
 * next are probed, on the box's own links, a few at a time, and only while no machine asks for
 * anything.
 *
 * <p>One thread.
 */
final class ConflictProbe {
  /** At a time. */
  private static final int MAX_UNDER_WAY = 8;

  /** Linux asks three times, a second apart. */
  private static final int SILENT_AFTER_SECONDS = 4;

  /**
   * An entry from before the question, of whoever had the address then: Linux trusts it for 5 s
   * more, and asks three times after that.
   */
  private static final int STALE_AFTER_SECONDS = 15;

  /** The flag of an entry that is complete, and where it stands in {@code /proc/net/arp}. */
  private static final int ATF_COM = 2;

  private static final int ADDRESS = 0;
  private static final int FLAGS = 2;
  private static final int MAC = 3;

  /** What comes of it. */
  interface Outcome {
    /** An address to probe on a link, empty if enough of them have been. */
    Optional<Ipv4Address> next(Subnet link, Set<Ipv4Address> underWay);

    void silent(Ipv4Address address);

    void inUse(Ipv4Address address, MacAddress by);
  }

  private record Probe(long decidedAt, boolean hadEntry) {}

  private final List<Subnet> links;
  private final Outcome outcome;
  private final Consumer<Ipv4Address> knock;
  private final Map<Ipv4Address, Probe> underWay = new LinkedHashMap<>();

  /**
   * Begins with none under way.
   *
   * @param knock sends a datagram to an address
   */
  ConflictProbe(List<Subnet> links, Outcome outcome, Consumer<Ipv4Address> knock) {
    this.links = List.copyOf(links);
    this.outcome = outcome;
    this.knock = knock;
  }

  /**
   * Goes on; once a second.
   *
   * @param neighbours the kernel's complete ARP entries
   * @param idle whether new probes may begin
   */
  void tick(long nowSeconds, Map<Ipv4Address, MacAddress> neighbours, boolean idle) {
    for (Iterator<Map.Entry<Ipv4Address, Probe>> it = underWay.entrySet().iterator();
        it.hasNext(); ) {
      Map.Entry<Ipv4Address, Probe> entry = it.next();
      Ipv4Address address = entry.getKey();
      Probe probe = entry.getValue();
      MacAddress answered = neighbours.get(address);
      boolean due = nowSeconds >= probe.decidedAt;
      if (answered != null && (due || !probe.hadEntry)) {
        it.remove();
        outcome.inUse(address, answered);
      } else if (due) {
        it.remove();
        outcome.silent(address);
      }
    }
    if (idle) {
      links.forEach(link -> begin(link, nowSeconds, neighbours));
    }
  }

  private void begin(Subnet link, long nowSeconds, Map<Ipv4Address, MacAddress> neighbours) {
    while (underWay.size() < MAX_UNDER_WAY) {
      Optional<Ipv4Address> next = outcome.next(link, underWay.keySet());
      if (next.isEmpty()) {
        return;
      }
      boolean hadEntry = neighbours.containsKey(next.get());
      long patience = hadEntry ? STALE_AFTER_SECONDS : SILENT_AFTER_SECONDS;
      underWay.put(next.get(), new Probe(nowSeconds + patience, hadEntry));
      knock.accept(next.get());
    }
  }

  /** The complete entries among the lines of {@code /proc/net/arp}. */
  static Map<Ipv4Address, MacAddress> neighbours(List<String> lines) {
    Map<Ipv4Address, MacAddress> neighbours = new HashMap<>();
    for (String line : lines) {
      String[] columns = line.strip().split("\\s+");
      if (columns.length > MAC
          && columns[FLAGS].startsWith("0x")
          && (Integer.parseInt(columns[FLAGS].substring(2), 16) & ATF_COM) != 0) {
        Optional<Ipv4Address> address = Ipv4Address.parse(columns[ADDRESS]);
        Optional<MacAddress> mac = MacAddress.parse(columns[MAC]);
        if (address.isPresent() && mac.isPresent()) {
          neighbours.put(address.get(), mac.get());
        }
      }
    }
    return neighbours;
  }
}
