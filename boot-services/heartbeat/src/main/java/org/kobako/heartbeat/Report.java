package org.kobako.heartbeat;

import java.net.InetAddress;
import java.util.List;

/**
 * What a box says of itself to the others.
 *
 * @param loadLevel of its network, 0-{@link #MAX_LOAD_LEVEL}
 * @param priority how much it carries beside others, 1-{@link #MAX_PRIORITY}
 * @param isDraining whether machines are to leave it
 * @param machines how many it serves
 * @param failing its services that do not answer
 * @param ranges the machines that it is limited to; none means all
 * @param addresses where it answers, the best first
 * @param images what it serves; where they do not fit, some of them, and others the next time
 * @param assigned which disk its DNS sent where, likewise
 */
public record Report(
    int loadLevel,
    int priority,
    boolean isDraining,
    int machines,
    List<String> failing,
    List<Range> ranges,
    List<InetAddress> addresses,
    List<Image> images,
    List<Assigned> assigned) {
  public static final int MAX_LOAD_LEVEL = 9;
  public static final int MAX_PRIORITY = 100;

  /** Of names of images and services, in letters of ASCII. */
  public static final int MAX_NAME_LENGTH = 64;

  /** Addresses of one kind, both ends included. */
  public record Range(InetAddress first, InetAddress last) {}

  /**
   * An image that a box holds.
   *
   * @param version the current one
   */
  public record Image(String name, long version) {}

  /**
   * Where a DNS sent a disk.
   *
   * @param box to which
   * @param ageSeconds how long ago that was
   */
  public record Assigned(InetAddress machine, int disk, long box, int ageSeconds) {}

  public Report {
    failing = List.copyOf(failing);
    ranges = List.copyOf(ranges);
    addresses = List.copyOf(addresses);
    images = List.copyOf(images);
    assigned = List.copyOf(assigned);
  }
}
