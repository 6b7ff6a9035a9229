package org.kobako.appliance.bench.failover;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What each box sends and the readers get, ten times a second, from its start until it is closed.
 */
final class Traffic implements AutoCloseable {
  static final int BOXES = 2;

  private static final int TICK_MS = 100;

  /** A box serves when it has sent a tenth of the bytes of half a second. */
  private static final int SERVING_TICKS = 5;

  private static final double SERVING_SHARE = 0.1;

  /** A box's bytes are those on the wire, the readers' those of the disk. */
  record Sample(long fromNs, long toNs, List<Long> boxBytes, long readBytes) {}

  private final List<BenchBox> boxes;
  private final List<Reader> readers;
  private final Thread thread;

  // All below is guarded by this.
  private final List<Sample> samples = new ArrayList<>();
  private boolean closed;
  private @Nullable IOException failure;

  Traffic(List<BenchBox> boxes, List<Reader> readers) {
    this.boxes = boxes;
    this.readers = readers;
    this.thread = Thread.ofPlatform().name("failover-traffic").daemon().unstarted(this::run);
    thread.start();
  }

  synchronized List<Sample> samples() {
    return List.copyOf(samples);
  }

  /**
   * Waits until a box serves a share of the reads, for half a second that begins after a moment.
   *
   * @return from that moment to the end of the half second; empty if it is not so in time
   * @throws IOException if what boxes send cannot be read any more
   */
  OptionalLong awaitServing(int box, long sinceNs, long patienceNs)
      throws IOException, InterruptedException {
    while (System.nanoTime() - sinceNs < patienceNs) {
      synchronized (this) {
        if (failure != null) {
          throw new IOException(failure);
        }
        if (isServing(box, sinceNs)) {
          return OptionalLong.of(samples.getLast().toNs() - sinceNs);
        }
        wait(TICK_MS);
      }
    }
    return OptionalLong.empty();
  }

  /** Whether it has been so for the last half second, and that began after a moment. */
  synchronized boolean isServing(int box, long sinceNs) {
    if (samples.size() < SERVING_TICKS) {
      return false;
    }
    long ofBox = 0;
    long ofAll = 0;
    for (Sample sample : samples.subList(samples.size() - SERVING_TICKS, samples.size())) {
      if (sample.fromNs() - sinceNs < 0) {
        return false;
      }
      ofBox += sample.boxBytes().get(box);
      ofAll += sample.boxBytes().stream().mapToLong(Long::longValue).sum();
    }
    return ofAll > 0 && ofBox >= SERVING_SHARE * ofAll;
  }

  private void run() {
    try {
      long fromNs = System.nanoTime();
      Counters before = counters();
      while (true) {
        synchronized (this) {
          if (closed) {
            return;
          }
        }
        Thread.sleep(TICK_MS);
        long toNs = System.nanoTime();
        Counters now = counters();
        add(new Sample(fromNs, toNs, now.boxesSince(before), now.read - before.read));
        fromNs = toNs;
        before = now;
      }
    } catch (IOException e) {
      synchronized (this) {
        failure = e;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void add(Sample sample) {
    samples.add(sample);
    notifyAll();
  }

  private record Counters(List<Long> boxes, long read) {
    List<Long> boxesSince(Counters before) {
      List<Long> bytes = new ArrayList<>();
      for (int i = 0; i < boxes.size(); i++) {
        bytes.add(boxes.get(i) - before.boxes.get(i));
      }
      return bytes;
    }
  }

  private Counters counters() throws IOException {
    List<Long> sent = new ArrayList<>();
    for (BenchBox box : boxes) {
      sent.add(box.sentBytes());
    }
    return new Counters(sent, readers.stream().mapToLong(Reader::readBytes).sum());
  }

  @Override
  public void close() throws InterruptedException {
    synchronized (this) {
      closed = true;
    }
    thread.join(TimeUnit.SECONDS.toMillis(2));
  }
}
