package org.kobako.dhcp;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.kobako.boot.plan.MacAddress;

/**
 * Bounds what is answered in a second, of one machine and of all. In fixed memory: machines share
 * counters by a hash that nobody outside knows. One thread at a time.
 */
final class RequestGate {
  /** A machine asks a few times a second when it is in a hurry. */
  static final int MAX_PER_MACHINE = 20;

  /** Several times what one core answers with leases on the disk. */
  static final int MAX_IN_ALL = 5000;

  private static final int SLOTS = 8192;
  private static final long SECOND_NS = 1_000_000_000;

  private final LongSupplier clockNs;
  private final int[] counts = new int[SLOTS];
  private final long seed = ThreadLocalRandom.current().nextLong() | 1;
  private long secondBeganNs;
  private int inAll;

  RequestGate(LongSupplier clockNs) {
    this.clockNs = clockNs;
    this.secondBeganNs = clockNs.getAsLong();
  }

  /** Whether a request of this machine may pass now. */
  boolean admits(MacAddress mac) {
    long nowNs = clockNs.getAsLong();
    if (nowNs - secondBeganNs >= SECOND_NS) {
      secondBeganNs = nowNs;
      inAll = 0;
      Arrays.fill(counts, 0);
    }
    int slot = (int) (mac.bits() * seed >>> 17) & (SLOTS - 1);
    if (inAll >= MAX_IN_ALL || counts[slot] >= MAX_PER_MACHINE) {
      return false;
    }
    inAll++;
    counts[slot]++;
    return true;
  }
}
