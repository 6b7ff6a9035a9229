package org.kobako.boot.plan;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The machines whose firmware asked last, so that a later request that carries no more than a MAC
 * address is known again. Bounded: the one that has not been seen for longest goes first.
 */
public final class MachinesSeen {
  public static final int MAX_MACHINES = 4096;

  private final Map<MacAddress, Machine> machines =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<MacAddress, Machine> eldest) {
          return size() > MAX_MACHINES;
        }
      };

  /** Remembers what firmware said. An operating system's client says less: it changes nothing. */
  public synchronized void saw(Machine machine) {
    if (machine.firmware() != MachineFirmware.NONE) {
      machines.put(machine.mac(), machine);
    }
  }

  public synchronized int count() {
    return machines.size();
  }

  public synchronized Optional<Machine> find(MacAddress mac) {
    return Optional.ofNullable(machines.get(mac));
  }
}
