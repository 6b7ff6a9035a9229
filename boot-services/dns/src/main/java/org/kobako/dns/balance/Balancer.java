package org.kobako.dns.balance;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which box serves which disk: DNS-Balance's formula (HTTP-FUSE-KNOPPIX-BOX, 2007). The box with
 * the smallest
 *
 * <pre>{@code P = LoadNw + nCli / (0.2 * Pri) + 5 * sFuse - oFuse}</pre>
 *
 * <p>comes first: LoadNw is its load level, Pri its priority, nCli how many machines it has, beside
 * the one that asks, which would else be driven from where it is by its own weight; sFuse is 1 if
 * another disk of that machine is there, so that the disks of a RAID part; oFuse is 1 if this disk
 * was there last. Of equal ones that where it was is the first, and then they come in the order of
 * their names: every box that asks the same of the same view is told the same, and nothing moves
 * for nothing.
 */
final class Balancer {
  private static final double MACHINES_PER_PRIORITY = 0.2;
  private static final double SAME_BOX = 5;

  private Balancer() {}

  /**
   * The boxes in the order in which a machine is to try them; none is left out that serves it, as a
   * box that is drained is better than none.
   */
  static List<Backend> order(
      Disk disk, Collection<Backend> backends, Assignments assigned, Policy policy) {
    Optional<String> last = assigned.boxOf(disk);
    Comparator<Backend> drainingLast = Comparator.comparing(Backend::isDraining);
    Comparator<Backend> whereItIsFirst =
        Comparator.comparing(backend -> !last.equals(Optional.of(backend.box())));
    Comparator<Backend> leastWeightFirst =
        Comparator.comparingDouble(backend -> weight(disk, backend, assigned));
    Comparator<Backend> byPolicy =
        switch (policy) {
          case AT_BOOT -> whereItIsFirst.thenComparing(leastWeightFirst);
          case DYNAMIC -> leastWeightFirst.thenComparing(whereItIsFirst);
        };
    return backends.stream()
        .filter(backend -> backend.serves(disk.machine()))
        .sorted(drainingLast.thenComparing(byPolicy).thenComparing(Backend::box))
        .toList();
  }

  /** P of the formula. */
  static double weight(Disk disk, Backend backend, Assignments assigned) {
    int machines = assigned.machinesBeside(disk.machine(), backend.box());
    return backend.loadLevel()
        + machines / (MACHINES_PER_PRIORITY * backend.priority())
        + (assigned.hasOther(disk, backend.box()) ? SAME_BOX : 0)
        - (assigned.boxOf(disk).equals(Optional.of(backend.box())) ? 1 : 0);
  }
}
