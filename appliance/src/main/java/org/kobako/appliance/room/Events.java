package org.kobako.appliance.room;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;
import org.kobako.appliance.status.RoomStatus;

/** What happened lately, for people. Used by many threads. */
final class Events {
  private static final int KEPT = 50;

  private record Happened(long atNs, String what) {}

  private final LongSupplier clockNs;
  private final Deque<Happened> last = new ArrayDeque<>();

  Events(LongSupplier clockNs) {
    this.clockNs = clockNs;
  }

  synchronized void add(String what) {
    last.addFirst(new Happened(clockNs.getAsLong(), what));
    if (last.size() > KEPT) {
      last.removeLast();
    }
  }

  /** The newest first. */
  synchronized List<RoomStatus.Event> newestFirst() {
    long nowNs = clockNs.getAsLong();
    List<RoomStatus.Event> events = new ArrayList<>();
    for (Happened one : last) {
      events.add(new RoomStatus.Event(Duration.ofNanos(nowNs - one.atNs()), one.what()));
    }
    return events;
  }
}
