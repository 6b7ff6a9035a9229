package org.kobako.block.client.fetch;

/**
 * The threads that ask another upstream when one is late, "kobako-hedge-N": made when the first
 * fetches are late, {@value #MAX_THREADS} at most, each with a staging buffer; they end with {@link
 * #close}.
 */
final class Hedgers implements AutoCloseable {
  private static final int MAX_THREADS = 4;

  private final Upstreams upstreams;
  private final Deadlines deadlines;

  // All below is guarded by this.
  private final RunningFetch[] offered = new RunningFetch[MAX_THREADS];
  private final int[] generations = new int[MAX_THREADS];
  private int waiting;
  private int idle;
  private int threads;
  private boolean closed;

  Hedgers(Upstreams upstreams, Deadlines deadlines) {
    this.upstreams = upstreams;
    this.deadlines = deadlines;
  }

  /** Offers a late fetch to a thread that has nothing to do; answers whether there is one. */
  synchronized boolean offer(RunningFetch fetch) {
    if (closed || (waiting == idle && threads == MAX_THREADS)) {
      return false;
    }
    if (waiting == idle && !startThread(fetch.blockSizeBytes())) {
      return false;
    }
    offered[waiting] = fetch;
    generations[waiting] = fetch.generation();
    waiting++;
    notify();
    return true;
  }

  private boolean startThread(int blockSizeBytes) {
    try {
      Thread.ofPlatform()
          .name("kobako-hedge-" + threads)
          .daemon()
          .start(() -> run(new Hedger(upstreams, deadlines, blockSizeBytes)));
    } catch (OutOfMemoryError e) {
      // A machine that has no memory for another thread still needs the one that calls this.
      return false;
    }
    threads++;
    idle++;
    return true;
  }

  private void run(Hedger hedger) {
    try {
      while (true) {
        RunningFetch fetch;
        int generation;
        synchronized (this) {
          while (waiting == 0 && !closed) {
            wait();
          }
          if (closed) {
            return;
          }
          waiting--;
          idle--;
          fetch = offered[waiting];
          generation = generations[waiting];
        }
        hedger.hedge(fetch, generation);
        synchronized (this) {
          idle++;
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
