package org.kobako.qemu.stress;

import static org.kobako.qemu.stress.Stress.expect;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RecursiveTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Threads beside each other. */
final class Concurrency {
  private static final int THREADS = 4;
  private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);

  private Concurrency() {}

  /** A step carries over into the upper half at once: from -1 to 0, and on. */
  static void atomicsLoseNoStep() throws InterruptedException {
    int steps = 20_000;
    long first = -steps;
    AtomicLong added = new AtomicLong(first);
    AtomicLong compared = new AtomicLong(first);
    AtomicInteger counted = new AtomicInteger();
    LongAdder adder = new LongAdder();
    long[] elements = {0, first, 0};
    AtomicReference<Long> boxed = new AtomicReference<>(first);
    ConcurrentHashMap<Integer, Integer> merged = new ConcurrentHashMap<>();
    together(() -> {
      for (int i = 0; i < steps; i++) {
        added.getAndAdd(1);
        long seen;
        do {
          seen = compared.get();
        } while (!compared.compareAndSet(seen, seen + 1));
        counted.incrementAndGet();
        adder.increment();
        ELEMENT.getAndAdd(elements, 1, 1L);
        boxed.updateAndGet(value -> value + 1);
        merged.merge(i % 97, 1, Integer::sum);
      }
    });
    int all = THREADS * steps;
    expect(added.get() == first + all, "getAndAdd gives " + added);
    expect(compared.get() == first + all, "compareAndSet gives " + compared);
    expect(counted.get() == all, "incrementAndGet gives " + counted);
    expect(adder.sum() == all, "LongAdder gives " + adder);
    expect(elements[1] == first + all, "an array's element is " + elements[1]);
    expect(elements[0] == 0 && elements[2] == 0, "its neighbours change");
    expect(boxed.get() == first + all, "a reference gives " + boxed);
    expect(merged.values().stream().mapToInt(i -> i).sum() == all, "a map loses steps");
  }

  static void locksLetOneIn() throws InterruptedException {
    int steps = 20_000;
    long[] counts = new long[2];
    Object monitor = new Object();
    ReentrantLock lock = new ReentrantLock();
    together(() -> {
      for (int i = 0; i < steps; i++) {
        synchronized (monitor) {
          counts[0]++;
        }
        lock.lock();
        try {
          counts[1]++;
        } finally {
          lock.unlock();
        }
      }
    });
    expect(counts[0] == THREADS * steps, "synchronized gives " + counts[0]);
    expect(counts[1] == THREADS * steps, "a lock gives " + counts[1]);
  }

  static void waitersAreWoken() throws InterruptedException {
    int rounds = 2_000;
    BlockingQueue<Integer> there = new ArrayBlockingQueue<>(1);
    Semaphore back = new Semaphore(0);
    ReentrantLock lock = new ReentrantLock();
    Condition turn = lock.newCondition();
    int[] turns = {0};
    Thread other =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < rounds; i++) {
                  expect(there.take() == i, "out of order");
                  back.release();
                  awaitTurn(lock, turn, turns, 2 * i + 1);
                }
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            },
            "other");
    other.start();
    for (int i = 0; i < rounds; i++) {
      there.put(i);
      back.acquire();
      awaitTurn(lock, turn, turns, 2 * i);
    }
    other.join();
    expect(turns[0] == 2 * rounds, turns[0] + " turns");
  }

  private static void awaitTurn(ReentrantLock lock, Condition turn, int[] turns, int mine)
      throws InterruptedException {
    lock.lock();
    try {
      while (turns[0] != mine) {
        turn.await();
      }
      turns[0]++;
      turn.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static final class Pair {
    final int first;
    final long second;

    Pair(int value) {
      first = value;
      second = ~(long) value;
    }
  }

  private static volatile @Nullable Pair published;

  /** Through a volatile, and through no more than a final field. */
  static void whatIsPublishedIsWhole() throws InterruptedException {
    published = new Pair(0);
    Thread writer =
        new Thread(
            () -> {
              for (int i = 0; i < 200_000; i++) {
                published = new Pair(i);
              }
            },
            "publisher");
    writer.start();
    while (writer.isAlive()) {
      Pair pair = published;
      expect(pair != null && pair.second == ~(long) pair.first, "a pair is torn");
    }
  }

  private static final class Sum extends RecursiveTask<Long> {
    private static final long serialVersionUID = 1;
    private final int from;
    private final int to;

    Sum(int from, int to) {
      this.from = from;
      this.to = to;
    }

    @Override
    protected Long compute() {
      if (to - from < 50) {
        long sum = 0;
        for (int i = from; i < to; i++) {
          sum += i;
        }
        return sum;
      }
      int middle = (from + to) >>> 1;
      Sum left = new Sum(from, middle);
      left.fork();
      return new Sum(middle, to).compute() + left.join();
    }
  }

  /** ForkJoinPool keeps its state in one volatile long. */
  static void poolsDoAllTheirTasks() throws Exception {
    try (ForkJoinPool pool = new ForkJoinPool(THREADS)) {
      for (int i = 0; i < 20; i++) {
        expect(pool.submit(new Sum(0, 20_000)).get() == 199_990_000L, "a sum is wrong");
      }
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(THREADS)) {
      List<CompletableFuture<Integer>> futures = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        int number = i;
        futures.add(
            CompletableFuture.supplyAsync(() -> number, pool).thenApplyAsync(n -> n + 1, pool));
      }
      int sum = 0;
      for (CompletableFuture<Integer> future : futures) {
        sum += future.get();
      }
      expect(sum == 125_250, "futures add up to " + sum);
    }
    try (ScheduledExecutorService timer = Executors.newScheduledThreadPool(1)) {
      expect(timer.schedule(() -> 42, 20, TimeUnit.MILLISECONDS).get() == 42, "no timer");
    }
  }

  static void virtualThreadsEnd() throws InterruptedException {
    AtomicInteger ended = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      threads.add(
          Thread.startVirtualThread(() -> {
            try {
              Thread.sleep(1);
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            ended.incrementAndGet();
          }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    expect(ended.get() == 100, ended + " ended");
  }

  private static final AtomicInteger INITIALIZATIONS = new AtomicInteger();

  private static final class Slow {
    static final long VALUE;

    static {
      INITIALIZATIONS.incrementAndGet();
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      VALUE = Long.MIN_VALUE + 7;
    }
  }

  static void aClassIsInitializedOnce() throws InterruptedException {
    together(() -> expect(Slow.VALUE == Long.MIN_VALUE + 7, "a thread was too early"));
    expect(INITIALIZATIONS.get() == 1, INITIALIZATIONS + " times");
  }

  /** The same on several threads; the first error is thrown. */
  private static void together(Runnable work) throws InterruptedException {
    AtomicReference<@Nullable Throwable> error = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Thread thread = new Thread(work, "together-" + i);
      thread.setUncaughtExceptionHandler((of, e) -> error.compareAndSet(null, e));
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    Throwable thrown = error.get();
    if (thrown != null) {
      throw new AssertionError(thrown);
    }
  }
}
