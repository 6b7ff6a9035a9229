package org.kobako.dns.balance;

import java.net.InetAddress;
import java.util.List;

/**
 * A box that a name may lead to, as its last heartbeat says.
 *
 * @param box its name, the same as long as it lives
 * @param loadLevel of its network, 0-{@link #MAX_LOAD_LEVEL}
 * @param priority how much it carries beside others, 1-{@link #MAX_PRIORITY}
 * @param isDraining whether it takes no new machines, and those that it has are to leave
 * @param ranges the machines that it is limited to; none means all
 */
public record Backend(
    String box, int loadLevel, int priority, boolean isDraining, List<MachineRange> ranges) {
  public static final int MAX_LOAD_LEVEL = 9;
  public static final int MAX_PRIORITY = 100;

  /** With this one the formula counts each machine once. */
  public static final int USUAL_PRIORITY = 5;

  public Backend {
    if (loadLevel < 0 || loadLevel > MAX_LOAD_LEVEL) {
      throw new IllegalArgumentException(
          "load level " + loadLevel + " is refused: allowed are 0.." + MAX_LOAD_LEVEL);
    }
    if (priority < 1 || priority > MAX_PRIORITY) {
      throw new IllegalArgumentException(
          "priority " + priority + " is refused: allowed are 1.." + MAX_PRIORITY);
    }
    ranges = List.copyOf(ranges);
  }

  boolean serves(InetAddress machine) {
    return ranges.isEmpty() || ranges.stream().anyMatch(range -> range.contains(machine));
  }
}
