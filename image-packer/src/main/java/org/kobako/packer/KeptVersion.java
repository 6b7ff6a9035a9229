package org.kobako.packer;

import java.time.Duration;
import org.kobako.block.format.StorePath;

/** A version that stays though it is neither current nor among the newest, and why. */
public sealed interface KeptVersion {
  StorePath.Index index();

  /**
   * Machines read it.
   *
   * @param machines how many
   * @param ago since the last of them asked for something
   */
  record InUse(StorePath.Index index, int machines, Duration ago) implements KeptVersion {}

  /**
   * It was current lately.
   *
   * @param ago since another is
   */
  record CurrentLately(StorePath.Index index, Duration ago) implements KeptVersion {}
}
