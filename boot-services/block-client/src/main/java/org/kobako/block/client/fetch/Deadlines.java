package org.kobako.block.client.fetch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Looks at the exchanges under way every {@value #TICK_MS} ms, ends those that take too long and
 * tells of those whose upstream is late: a blocking channel has no timeout of its own, and a
 * selector for each would allocate.
 *
 * <p>Its daemon thread, "kobako-deadlines", ends with {@link #close}.
 */
final class Deadlines implements AutoCloseable {
  private static final int TICK_MS = 10;

  private final List<Exchange> underWay = new ArrayList<>();
  private final Consumer<Exchange> late;
  private final Thread thread;
  private boolean closed;

  /**
   * @param late told at each tick of each exchange that is late, with this object's lock held: must
   *     not wait
   */
  Deadlines(Consumer<Exchange> late) {
    this.late = late;
    thread = Thread.ofPlatform().name("kobako-deadlines").daemon().unstarted(this::run);
    thread.start();
  }

  synchronized void watch(Exchange exchange) {
    underWay.add(exchange);
  }

  synchronized void forget(Exchange exchange) {
    underWay.remove(exchange);
  }

  private synchronized void run() {
    try {
      while (!closed) {
        wait(TICK_MS);
        long nowNs = System.nanoTime();
        for (int i = underWay.size() - 1; i >= 0; i--) {
          Exchange exchange = underWay.get(i);
          if (exchange.isLate(nowNs)) {
            late.accept(exchange);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
