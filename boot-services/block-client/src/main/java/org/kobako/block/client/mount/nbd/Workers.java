package org.kobako.block.client.mount.nbd;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The workers of a server: started when first needed, never more than the limit, no queue. */
final class Workers {
  private final Supplier<Answerer> answerers;
  private final Threads threads;
  private final Worker[] started;
  private final Worker[] resting;
  private int startedCount;
  private int restingCount;
  private boolean closed;

  Workers(int maxWorkers, Supplier<Answerer> answerers, Threads threads) {
    this.started = new Worker[maxWorkers];
    this.resting = new Worker[maxWorkers];
    this.answerers = answerers;
    this.threads = threads;
  }

  /** The worker that rested last, or null if all are at work: then the caller does it itself. */
  synchronized @Nullable Worker take() {
    if (restingCount > 0) {
      return resting[--restingCount];
    }
    if (closed || startedCount == started.length) {
      return null;
    }
    Worker worker = new Worker(this, answerers.get());
    started[startedCount++] = worker;
    threads.start("nbd-worker-" + startedCount, worker);
    return worker;
  }

  synchronized void rest(Worker worker) {
    resting[restingCount++] = worker;
  }

  /** Each worker ends when it has answered what it is at. */
  synchronized void close() {
    closed = true;
    for (int i = 0; i < startedCount; i++) {
      started[i].end();
    }
  }
}
