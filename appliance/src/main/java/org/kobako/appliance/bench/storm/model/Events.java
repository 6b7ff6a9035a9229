package org.kobako.appliance.bench.storm.model;

import java.util.PriorityQueue;

/** What happens next; of what happens at one time, that which was planned first. */
final class Events {
  /** Something that happens. */
  interface Happening {
    void happen();
  }

  private record Event(double at, long number, Happening what) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Double.compare(at, other.at);
      return byTime == 0 ? Long.compare(number, other.number) : byTime;
    }
  }

  private final PriorityQueue<Event> queue = new PriorityQueue<>();
  private double now;
  private long planned;

  /** Seconds since the beginning. */
  double now() {
    return now;
  }

  void in(double seconds, Happening what) {
    queue.add(new Event(now + seconds, planned++, what));
  }

  void runToEnd() {
    while (!queue.isEmpty()) {
      Event event = queue.remove();
      now = event.at;
      event.what.happen();
    }
  }
}
