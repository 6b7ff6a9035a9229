package org.kobako.packer;

import java.time.Duration;
import java.util.List;
import org.kobako.block.format.ImageName;

/**
 * Which versions of each image a collector keeps, besides the current one.
 *
 * @param versions so many of the newest, at least 1
 * @param grace and those that were current, or that a machine asked for, so lately: it may read
 *     them still, or have been told a moment ago to do so
 * @param inUse what machines read, as far as the caller knows
 */
public record Retention(int versions, Duration grace, List<InUse> inUse) {
  public Retention {
    if (versions < 1) {
      throw new IllegalArgumentException(
          "gc cannot keep %d versions: use at least 1".formatted(versions));
    }
    if (grace.isNegative()) {
      throw new IllegalArgumentException("gc cannot keep versions for %s".formatted(grace));
    }
    inUse = List.copyOf(inUse);
  }

  /** The newest versions, and nothing for the sake of machines. */
  public static Retention ofNewest(int versions) {
    return new Retention(versions, Duration.ZERO, List.of());
  }

  /**
   * A version that machines read.
   *
   * @param machines how many
   * @param ago since the last of them asked for something
   */
  public record InUse(ImageName image, long version, int machines, Duration ago) {}
}
