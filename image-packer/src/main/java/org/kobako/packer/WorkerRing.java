package org.kobako.packer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of items that go round between one feeder, who fills them, and several workers.
 * The items are all the memory there is, however long the work; a feeder who is faster waits.
 *
 * <p>The first failure of a worker ends the work: the feeder meets it at its next {@link #acquire}
 * or {@link #finish}. Threads are named {@code ROLE-N} and are gone after {@link #close}.
 */
final class WorkerRing<T> implements AutoCloseable {
  /** One thread's tools. */
  interface Worker<T> extends AutoCloseable {
    /** Works on one item, which goes back to the feeder afterwards. */
    void work(T item) throws IOException;

    @Override
    void close();
  }

  private final int items;
  private final BlockingQueue<T> free;
  private final BlockingQueue<T> filled;
  private final List<Worker<T>> workers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  /** Makes the items and the workers, and starts a thread for each worker. */
  WorkerRing(
      String role, int workerCount, int items, Supplier<T> newItem, Supplier<Worker<T>> newWorker) {
    this.items = items;
    this.free = new ArrayBlockingQueue<>(items);
    this.filled = new ArrayBlockingQueue<>(items);
    for (int i = 0; i < items; i++) {
      free.add(newItem.get());
    }
    try {
      for (int i = 0; i < workerCount; i++) {
        workers.add(newWorker.get());
      }
    } catch (RuntimeException | Error e) {
      workers.forEach(Worker::close);
      throw e;
    }
    for (Worker<T> worker : workers) {
      Thread thread = new Thread(() -> run(worker), role + "-" + threads.size());
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  private void run(Worker<T> worker) {
    try {
      while (true) {
        T item = filled.take();
        try {
          if (failure.get() == null) {
            worker.work(item);
          }
        } catch (Throwable e) {
          failure.compareAndSet(null, e);
        } finally {
          free.add(item);
        }
      }
    } catch (InterruptedException closed) {
      // The written end of this thread.
    }
  }

  /** An item to fill; the feeder owns it until {@link #submit}. */
  T acquire() throws IOException {
    try {
      T item = free.take();
      throwFailure();
      return item;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /** Hands a filled item to the workers. */
  void submit(T item) {
    filled.add(item);
  }

  /** Waits until every submitted item is done; the ring takes no more. */
  void finish() throws IOException {
    for (int i = 0; i < items; i++) {
      acquire();
    }
  }

  private void throwFailure() throws IOException {
    switch (failure.get()) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  /** Ends the threads, in the middle of their work where there is some left. */
  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (true) {
        try {
          thread.join();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    workers.forEach(Worker::close);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
