package org.kobako.dns.balance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/**
 * Which box each disk is at, as far as this box knows: from what it was asked itself, and from what
 * others tell that they were. Used by many threads.
 */
public final class Balance {
  /** A room of 1000 machines with two disks each. */
  static final int MAX_DISKS = 2000;

  /** A machine that has not asked for so long is off; one that runs asks every few seconds. */
  static final Duration KEPT = Duration.ofMinutes(10);

  /**
   * Where a disk was sent last.
   *
   * @param ageSeconds how long ago, rounded up, so that who is told never takes it for newer than
   *     who tells
   */
  public record Told(Disk disk, String box, int ageSeconds) {}

  private final Policy policy;
  private final LongSupplier clockNs;
  private final BiConsumer<Disk, String> moved;
  private final Assignments assigned = new Assignments(MAX_DISKS, KEPT.toNanos());
  private final Map<String, Backend> backends = new LinkedHashMap<>();

  /** Disks to tell the others of, in their turn. */
  private final SequencedSet<Disk> turns = new LinkedHashSet<>();

  /**
   * @param moved told of each disk that is sent to another box than before, and why, in words
   */
  public Balance(Policy policy, LongSupplier clockNs, BiConsumer<Disk, String> moved) {
    this.policy = policy;
    this.clockNs = clockNs;
    this.moved = moved;
  }

  /** The boxes that are there from now on. */
  public synchronized void update(Collection<Backend> there) {
    backends.clear();
    there.forEach(backend -> backends.put(backend.box(), backend));
    assigned.expire(clockNs.getAsLong()).forEach(turns::remove);
  }

  /** The names of the boxes in the order in which a machine is to try them. */
  public synchronized List<String> order(Disk disk) {
    return names(Balancer.order(disk, backends.values(), assigned, policy));
  }

  private static List<String> names(List<Backend> order) {
    return order.stream().map(Backend::box).toList();
  }

  /** The same; from now on the disk is at the first. */
  public List<String> send(Disk disk) {
    List<Backend> order;
    String why;
    synchronized (this) {
      order = Balancer.order(disk, backends.values(), assigned, policy);
      if (order.isEmpty()) {
        return List.of();
      }
      String first = order.getFirst().box();
      Optional<String> before = assigned.boxOf(disk);
      why = before.equals(Optional.of(first)) ? "" : why(disk, order, before);
      assigned.assign(disk, first, clockNs.getAsLong());
      if (!why.isEmpty() || !turns.contains(disk)) {
        turns.addFirst(disk);
      }
    }
    if (!why.isEmpty()) {
      moved.accept(disk, why);
    }
    return names(order);
  }

  /** {@code to box a, P 2.0, rather than b, P 5.0; box c is gone}. */
  private String why(Disk disk, List<Backend> order, Optional<String> before) {
    StringBuilder why = new StringBuilder("to box ").append(weighed(disk, order.getFirst()));
    if (order.size() > 1) {
      why.append(" rather than ").append(weighed(disk, order.get(1)));
    }
    before
        .filter(box -> !backends.containsKey(box))
        .ifPresent(box -> why.append("; box ").append(box).append(" is gone"));
    return why.toString();
  }

  /** Without a Formatter, which would load all that it takes to write numbers in any language. */
  private String weighed(Disk disk, Backend backend) {
    double tenths = Math.round(10 * Balancer.weight(disk, backend, assigned)) / 10.0;
    return backend.box() + " (P " + tenths + (backend.isDraining() ? ", drained)" : ")");
  }

  /** What another box tells: counts where it is newer than what is known. */
  public synchronized void hear(Told told) {
    long atNs = clockNs.getAsLong() - TimeUnit.SECONDS.toNanos(told.ageSeconds());
    if (assigned.isNewer(told.disk(), atNs)) {
      assigned.assign(told.disk(), told.box(), atNs);
      turns.add(told.disk());
    }
  }

  /** What to tell the others: first of disks that moved, then of those told longest ago. */
  public synchronized List<Told> toTell(int most) {
    long nowNs = clockNs.getAsLong();
    List<Told> told = new ArrayList<>();
    turns.removeIf(disk -> assigned.boxOf(disk).isEmpty());
    for (Disk disk : turns) {
      if (told.size() == most) {
        break;
      }
      long ageNs = nowNs - assigned.atNs(disk);
      int ageSeconds = (int) Math.ceilDiv(ageNs, TimeUnit.SECONDS.toNanos(1));
      told.add(new Told(disk, assigned.boxOf(disk).orElseThrow(), ageSeconds));
    }
    return told;
  }

  /** They were told: others come first the next time. */
  public synchronized void wereTold(Collection<Disk> disks) {
    for (Disk disk : disks) {
      if (turns.contains(disk)) {
        turns.addLast(disk);
      }
    }
  }

  /** How many machines are at a box. */
  public synchronized int machines(String box) {
    return assigned.machines(box);
  }

  /** All disks and where they are. */
  public synchronized Map<Disk, String> disks() {
    return assigned.all();
  }
}
