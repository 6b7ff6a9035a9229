package org.kobako.boot.plan;

/** A boot plan in the words of iPXE. */
final class IpxeScript {
  private static final int RETRY_SECONDS = 5;

  private IpxeScript() {}

  /**
   * The script of one machine.
   *
   * @param self the script's own name, which is fetched again after a failure: a box may come back,
   *     and the plan may have changed meanwhile
   */
  static String of(Machine machine, BootPlan plan, BoxAddress box, BootFileName self) {
    return switch (plan) {
      case BootPlan.Netboot boot ->
          """
          #!ipxe
          echo Kobako: %1$s boots %2$s
          kernel %3$s initrd=initrd %4$s || goto again
          initrd --name initrd %5$s || goto again
          boot || goto again
          %6$s\
          """
              .formatted(
                  machine.mac(),
                  boot.image(),
                  box.url(boot.kernel()),
                  boot.commandLine(),
                  box.url(boot.initrd()),
                  again("the boot failed", box.url(self)));
      case BootPlan.LocalDisk local ->
          """
          #!ipxe
          echo Kobako: %s boots from its own disk
          exit
          """
              .formatted(machine.mac());
      case BootPlan.Impossible impossible ->
          """
          #!ipxe
          %s\
          """
              .formatted(again(impossible.why(), box.url(self)));
    };
  }

  /** The label makes no difference to a script that runs into it. */
  private static String again(String why, String url) {
    return """
    :again
    echo Kobako: %s; asking again in %s s
    sleep %2$d
    chain --replace %s || goto again
    """
        .formatted(printable(why), RETRY_SECONDS, url);
  }

  /** A reason may carry names from the store; none of them may be taken for a command. */
  private static String printable(String text) {
    return text.replaceAll("[^ -~]|[$|&]", "?");
  }
}
