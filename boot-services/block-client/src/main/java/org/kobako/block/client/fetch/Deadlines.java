package org.kobako.block.client.fetch;

import java.util.ArrayList;
import java.util.List;

/**
 * Ends exchanges that take too long, by closing their connection under them: a blocking channel has
 * no timeout of its own, and a selector for each would allocate.
 *
 * <p>One daemon thread, "kobako-deadlines", looks at the connections in use every {@value #TICK_MS}
 * ms; it ends with {@link #close}.
 */
final class Deadlines implements AutoCloseable {
  private static final int TICK_MS = 10;

  private final List<HttpConnection> inUse = new ArrayList<>();
  private final Thread thread;
  private boolean closed;

  Deadlines() {
    thread = Thread.ofPlatform().name("kobako-deadlines").daemon().unstarted(this::run);
    thread.start();
  }

  synchronized void watch(HttpConnection connection) {
    inUse.add(connection);
  }

  synchronized void forget(HttpConnection connection) {
    inUse.remove(connection);
  }

  private synchronized void run() {
    try {
      while (!closed) {
        wait(TICK_MS);
        long nowNs = System.nanoTime();
        for (int i = inUse.size() - 1; i >= 0; i--) {
          inUse.get(i).closeIfLate(nowNs);
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
