package org.kobako.boot.plan;

/**
 * A boot plan in the words of PXELINUX, as U-Boot reads them. Names begin with a slash, because
 * U-Boot puts the folder of whatever it loaded before in front of others.
 */
final class ExtlinuxConf {
  private ExtlinuxConf() {}

  static String of(Machine machine, BootPlan plan) {
    return switch (plan) {
      case BootPlan.Netboot boot ->
          """
          # %1$s
          DEFAULT kobako
          LABEL kobako
            MENU LABEL Kobako: %2$s
            KERNEL /%3$s
            INITRD /%4$s
            APPEND %5$s
          """
              .formatted(machine, boot.image(), boot.kernel(), boot.initrd(), boot.commandLine());
      case BootPlan.LocalDisk local ->
          """
          # %s
          DEFAULT local
          LABEL local
            LOCALBOOT 1
          """
              .formatted(machine);
      case BootPlan.Impossible impossible ->
          """
          # %s
          MENU TITLE Kobako: %s
          """
              .formatted(machine, impossible.why().replaceAll("[^ -~]", "?"));
    };
  }
}
