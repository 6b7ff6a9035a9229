package org.kobako.block.client.mount.nbd;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The threads of a server that are alive, so that closing it can see them end. */
final class Threads {
  private final Set<Thread> alive = new HashSet<>();

  synchronized void start(String role, Runnable work) {
    Thread thread = new Thread(() -> run(work), role);
    // A worker can be waiting for the network when the process is to end; that must not hold it.
    thread.setDaemon(true);
    alive.add(thread);
    thread.start();
  }

  private void run(Runnable work) {
    try {
      work.run();
    } finally {
      synchronized (this) {
        alive.remove(Thread.currentThread());
      }
    }
  }

  /** Waits until all have ended, at most so long. */
  void join(long timeoutMs) throws InterruptedException {
    List<Thread> awaited;
    synchronized (this) {
      awaited = new ArrayList<>(alive);
    }
    long deadlineNs = System.nanoTime() + timeoutMs * 1_000_000;
    for (Thread thread : awaited) {
      long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
      if (leftMs > 0 && thread != Thread.currentThread()) {
        thread.join(leftMs);
      }
    }
  }
}
