package org.kobako.boot.plan;

import java.util.Arrays;
import java.util.Optional;

/** A machine's processor, by the name that Debian gives it; boot files lie in a folder of it. */
public enum Architecture {
  AMD64("amd64"),
  I386("i386"),
  ARM64("arm64"),
  ARMHF("armhf"),
  RISCV64("riscv64"),
  LOONG64("loong64"),
  /** Any other, or one that has not said; it gets no kernel unless its rules name one. */
  UNKNOWN("unknown");

  private final String debianName;

  Architecture(String debianName) {
    this.debianName = debianName;
  }

  /** Empty if no architecture has this name. */
  public static Optional<Architecture> ofDebianName(String name) {
    return Arrays.stream(values()).filter(one -> one.debianName.equals(name)).findFirst();
  }

  public String debianName() {
    return debianName;
  }
}
