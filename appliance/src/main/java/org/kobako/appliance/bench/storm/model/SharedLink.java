package org.kobako.appliance.bench.storm.model;

import java.util.PriorityQueue;

/**
 * A link whose transfers have equal shares of it at any time, as TCP connections of equal length
 * have in the mean.
 *
 * <p>Kept as virtual time: the bytes that a transfer would have got that had been there from the
 * beginning. One that comes at virtual time v with n bytes ends at v + n, whoever comes and goes
 * meanwhile, so that each costs a place in a queue and no more.
 */
final class SharedLink {
  private static final class Transfer implements Comparable<Transfer> {
    final double endVirtual;
    final long number;
    final Events.Happening then;

    Transfer(double endVirtual, long number, Events.Happening then) {
      this.endVirtual = endVirtual;
      this.number = number;
      this.then = then;
    }

    @Override
    public int compareTo(Transfer other) {
      int byEnd = Double.compare(endVirtual, other.endVirtual);
      return byEnd == 0 ? Long.compare(number, other.number) : byEnd;
    }
  }

  private final Events events;
  private final double bytesPerSecond;
  private final PriorityQueue<Transfer> transfers = new PriorityQueue<>();
  private double virtual;
  private double updatedAt;
  private long begun;
  private long sentBytes;

  /** What was planned before is stale when this has moved on. */
  private long plan;

  SharedLink(Events events, double bytesPerSecond) {
    this.events = events;
    this.bytesPerSecond = bytesPerSecond;
  }

  void send(long bytes, Events.Happening then) {
    update();
    sentBytes += bytes;
    transfers.add(new Transfer(virtual + bytes, begun++, then));
    planNext();
  }

  long sentBytes() {
    return sentBytes;
  }

  private void update() {
    double now = events.now();
    if (!transfers.isEmpty()) {
      virtual += (now - updatedAt) * bytesPerSecond / transfers.size();
    }
    updatedAt = now;
  }

  private void planNext() {
    Transfer next = transfers.peek();
    long planned = ++plan;
    if (next != null) {
      double seconds = (next.endVirtual - virtual) * transfers.size() / bytesPerSecond;
      events.in(Math.max(0, seconds), () -> end(next, planned));
    }
  }

  private void end(Transfer transfer, long planned) {
    if (planned == plan) {
      update();
      virtual = transfer.endVirtual; // what rounding left
      transfers.remove();
      planNext();
      transfer.then.happen();
    }
  }
}
