package org.kobako.packer;

import java.time.Duration;
import java.util.List;

/**
 * What {@link StoreVerifier} found.
 *
 * @param indexes versions of images looked at
 * @param blocks blocks that they name, equal ones counted once
 * @param storedBytes stored bytes that were verified
 * @param orphans block files that no readable index names; gc removes them
 * @param problemCount everything that is wrong
 * @param problems the first of them as sentences, at most {@link StoreVerifier#MAX_PROBLEMS}
 */
public record VerifyReport(
    int images,
    int indexes,
    long blocks,
    long storedBytes,
    long orphans,
    long problemCount,
    List<String> problems,
    Duration duration) {
  public VerifyReport {
    problems = List.copyOf(problems);
  }

  /** Whether every version can be booted. */
  public boolean isSound() {
    return problemCount == 0;
  }
}
