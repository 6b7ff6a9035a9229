package org.kobako.block.client.fetch;

/**
 * When an upstream was heard last on any connection, to about a millisecond. Any thread; an int, as
 * a volatile long tears on 32-bit machines.
 */
final class LastHeard {
  /** Ticks of 2^20 ns. */
  private static final int TICK_SHIFT = 20;

  private volatile int tick;

  void hears(long nowNs) {
    tick = (int) (nowNs >> TICK_SHIFT);
  }

  /** For how long nothing was heard. */
  long silenceNs(long nowNs) {
    return (long) ((int) (nowNs >> TICK_SHIFT) - tick) << TICK_SHIFT;
  }
}
