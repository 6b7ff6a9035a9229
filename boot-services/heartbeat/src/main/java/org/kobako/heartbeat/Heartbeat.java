package org.kobako.heartbeat;

import java.util.List;

/**
 * A box's report, and what shows that it is of this moment.
 *
 * @param life which box, and which of its lives
 * @param sequence of this life's heartbeats, from 1
 * @param isLast whether it leaves, and is not to be waited for
 * @param heard whom it hears, itself not among them
 */
public record Heartbeat(Life life, long sequence, boolean isLast, List<Life> heard, Report report) {
  /**
   * A box from its start to its end.
   *
   * @param box made by chance at its first start, and kept
   * @param start made by chance at each start: who names it has heard the box since
   */
  public record Life(long box, long start) {
    @Override
    public String toString() {
      return "%016x".formatted(box);
    }
  }

  public Heartbeat {
    heard = List.copyOf(heard);
  }
}
