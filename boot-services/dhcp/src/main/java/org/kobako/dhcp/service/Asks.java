package org.kobako.dhcp.service;

import java.util.LinkedHashMap;
import java.util.Map;
import org.kobako.boot.plan.MacAddress;

/** How often machines have asked in vain, as far as this box can tell; of the latest ones only. */
final class Asks {
  private static final int MAX_MACHINES = 1024;

  /** Further apart, two packets are not one machine's patience wearing thin. */
  private static final long SAME_BOOT_SECONDS = 40;

  private record Count(int asks, long last) {}

  private final Map<MacAddress, Count> counts =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<MacAddress, Count> eldest) {
          return size() > MAX_MACHINES;
        }
      };

  /** Counts one more, and returns how many it were lately. */
  int count(MacAddress mac, long now) {
    Count before = counts.remove(mac);
    int earlier = before != null && now - before.last <= SAME_BOOT_SECONDS ? before.asks : 0;
    counts.put(mac, new Count(earlier + 1, now));
    return earlier + 1;
  }

  /** The machine has been answered. */
  void forget(MacAddress mac) {
    counts.remove(mac);
  }
}
