package org.kobako.boot.plan;

/** What a machine boots. */
public sealed interface BootPlan {
  /**
   * A kernel that attaches an image.
   *
   * @param image the root disk's name
   * @param commandLine of the kernel: what the machine's init must know, then the operator's words
   */
  record Netboot(String image, BootFileName kernel, BootFileName initrd, String commandLine)
      implements BootPlan {}

  /** Its own disk, as if there were no box. */
  record LocalDisk() implements BootPlan {}

  /** Nothing, for a reason that its screen shows. */
  record Impossible(String why) implements BootPlan {}
}
