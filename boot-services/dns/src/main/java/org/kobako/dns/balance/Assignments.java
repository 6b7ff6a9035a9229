package org.kobako.dns.balance;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which box each disk was sent to last, by this DNS or another, that which was told last at the
 * end. A machine that has not asked for a while is forgotten; so is the first disk where there are
 * too many. Not safe for use by several threads.
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

  /**
   * Forgets whom nobody has asked for lately.
   *
   * @return them
   */
  List<Disk> expire(long nowNs) {
    List<Disk> old =
        disks.entrySet().stream()
            .filter(entry -> nowNs - entry.getValue().atNs() >= keptNs)
            .map(Map.Entry::getKey)
            .toList();
    old.forEach(this::forget);
    return old;
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

  /** Whether what is known of a disk is older than this, or nothing. */
  boolean isNewer(Disk disk, long atNs) {
    Assigned known = disks.get(disk);
    return known == null || atNs - known.atNs() > 0;
  }

  /** When a disk that is known was sent where it is. */
  long atNs(Disk disk) {
    Assigned known = disks.get(disk);
    if (known == null) {
      throw new IllegalArgumentException(disk + " is at no box");
    }
    return known.atNs();
  }

  Map<Disk, String> all() {
    Map<Disk, String> all = new LinkedHashMap<>();
    disks.forEach((disk, known) -> all.put(disk, known.box()));
    return all;
  }

  int machines(String box) {
    return machines.getOrDefault(box, Map.of()).size();
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
