package org.kobako.block.client.cache;

import java.util.function.Supplier;

/**
 * Threads that fill slots nobody waits for yet, "kobako-prefetch-N"; they end with {@link #close}.
 * The queue is bounded: what does not fit is dropped, a reader will fetch it on demand.
 */
public final class Prefetcher implements AutoCloseable {
  /** One thread's way of fetching a block into its slot; failures stay inside. */
  @FunctionalInterface
  public interface Filler {
    void fill(int blockNumber);
  }

  private static final int QUEUE_LENGTH = 256;

  private final int[] queue = new int[QUEUE_LENGTH];
  private int head;
  private int length;
  private boolean closed;

  /**
   * @param fillers makes each thread's own filler, in that thread
   */
  public Prefetcher(int threads, Supplier<Filler> fillers) {
    for (int i = 0; i < threads; i++) {
      Thread.ofPlatform().name("kobako-prefetch-" + i).daemon().start(() -> run(fillers.get()));
    }
  }

  /** Queues blocks {@code from} to {@code to}, excluded. */
  public synchronized void prefetch(int from, int to) {
    for (int block = from; block < to && length < QUEUE_LENGTH; block++) {
      queue[(head + length++) % QUEUE_LENGTH] = block;
    }
    notifyAll();
  }

  private void run(Filler filler) {
    int block;
    while ((block = take()) >= 0) {
      filler.fill(block);
    }
  }

  private synchronized int take() {
    while (length == 0 && !closed) {
      try {
        wait();
      } catch (InterruptedException e) {
        return -1;
      }
    }
    if (closed) {
      return -1;
    }
    int block = queue[head];
    head = (head + 1) % QUEUE_LENGTH;
    length--;
    return block;
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
