package org.kobako.dns.balance;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which box each disk was sent to last, by this DNS or another, newest last. A machine that has not
 * asked for a while is forgotten; so is the oldest disk where there are too many. Not safe for use
 * by several threads.
 */
final class Assignments {
  private record Assigned(String box, long atNs) {}

  private final int maxDisks;
  private final long keptNs;
  private final Map<Disk, Assigned> disks = new LinkedHashMap<>();

  /** Of each box: its machines, and how many disks of each are there. */
  private final Map<String, Map<InetAddress, Integer>> machines = new HashMap<>();

  /**
   * @param maxDisks more than these are forgotten
   * @param keptNs how long a disk is known that nobody asks for
   */
  Assignments(int maxDisks, long keptNs) {
    this.maxDisks = maxDisks;
    this.keptNs = keptNs;
  }

  /** The disk is at this box from now on. */
  void assign(Disk disk, String box, long nowNs) {
    forget(disk);
    disks.put(disk, new Assigned(box, nowNs));
    machines.computeIfAbsent(box, it -> new HashMap<>()).merge(disk.machine(), 1, Integer::sum);
    while (disks.size() > maxDisks) {
      forget(disks.keySet().iterator().next());
    }
  }

  /** Forgets whom nobody has asked for lately. */
  void expire(long nowNs) {
    while (!disks.isEmpty()) {
      Map.Entry<Disk, Assigned> oldest = disks.entrySet().iterator().next();
      if (nowNs - oldest.getValue().atNs() < keptNs) {
        return;
      }
      forget(oldest.getKey());
    }
  }

  private void forget(Disk disk) {
    Assigned assigned = disks.remove(disk);
    if (assigned != null) {
      machines.computeIfPresent(
          assigned.box(), (box, there) -> without(there, disk.machine()) ? null : there);
    }
  }

  /** Takes one disk of a machine away; whether nobody is left. */
  private static boolean without(Map<InetAddress, Integer> there, InetAddress machine) {
    there.computeIfPresent(machine, (it, count) -> count == 1 ? null : Integer.valueOf(count - 1));
    return there.isEmpty();
  }

  Optional<String> boxOf(Disk disk) {
    return Optional.ofNullable(disks.get(disk)).map(Assigned::box);
  }

  /** How many machines a box has, not counting one. */
  int machinesBeside(InetAddress machine, String box) {
    Map<InetAddress, Integer> there = machines.getOrDefault(box, Map.of());
    return there.size() - (there.containsKey(machine) ? 1 : 0);
  }

  /** Whether another disk of the same machine is at a box. */
  boolean hasOther(Disk disk, String box) {
    int there = machines.getOrDefault(box, Map.of()).getOrDefault(disk.machine(), 0);
    return there > (boxOf(disk).equals(Optional.of(box)) ? 1 : 0);
  }

  int size() {
    return disks.size();
  }
}
