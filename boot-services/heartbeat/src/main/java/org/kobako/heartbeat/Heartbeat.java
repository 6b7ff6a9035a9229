package org.kobako.heartbeat;

import java.net.InetAddress;
import java.util.List;

/**
 * What a box says of itself once a second.
 *
 * @param life which box, and which of its lives
 * @param sequence of this life's heartbeats, from 1
 * @param loadLevel of its network, 0-{@link #MAX_LOAD_LEVEL}
 * @param priority how much it carries beside others, 1-{@link #MAX_PRIORITY}
 * @param isDraining whether machines are to leave it
 * @param machines how many it serves
 * @param addresses where it answers, the best first
 * @param heard whom it hears, itself not among them
 * @param images what it serves; where they do not fit, some of them, and others the next time
 * @param assigned which disk its DNS sent where, likewise
 */
record Heartbeat(
    Life life,
    long sequence,
    int loadLevel,
    int priority,
    boolean isDraining,
    int machines,
    List<InetAddress> addresses,
    List<Life> heard,
    List<Image> images,
    List<Assigned> assigned) {
  static final int MAX_LOAD_LEVEL = 9;
  static final int MAX_PRIORITY = 100;

  /**
   * A box from its start to its end.
   *
   * @param box made by chance at its first start, and kept
   * @param start made by chance at each start: who names it has heard the box since
   */
  record Life(long box, long start) {
    @Override
    public String toString() {
      return "%016x".formatted(box);
    }
  }

  /**
   * @param name at most {@link #MAX_NAME_LENGTH} letters of ASCII
   */
  record Image(String name, long version) {
    static final int MAX_NAME_LENGTH = 64;
  }

  /**
   * @param ageSeconds how long ago that was
   */
  record Assigned(InetAddress machine, int disk, long box, int ageSeconds) {}

  Heartbeat {
    addresses = List.copyOf(addresses);
    heard = List.copyOf(heard);
    images = List.copyOf(images);
    assigned = List.copyOf(assigned);
  }
}
