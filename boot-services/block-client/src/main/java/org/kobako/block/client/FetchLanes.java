package org.kobako.block.client;

import java.util.function.Supplier;

/**
 * The lanes of on-demand reads: so many fetches run at once, whatever the number of mount threads;
 * more wait. Any thread.
 */
final class FetchLanes {
  private final FetchLane[] free;
  private int freeCount;

  FetchLanes(int count, Supplier<FetchLane> lanes) {
    this.free = new FetchLane[count];
    while (freeCount < count) {
      free[freeCount++] = lanes.get();
    }
  }

  synchronized FetchLane acquire() {
    boolean interrupted = false;
    while (freeCount == 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        // The lanes in use come back, each within its upstreams' patience.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return free[--freeCount];
  }

  synchronized void release(FetchLane lane) {
    free[freeCount++] = lane;
    notify();
  }
}
