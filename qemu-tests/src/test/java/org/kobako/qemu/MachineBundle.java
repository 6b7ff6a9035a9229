package org.kobako.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Kernel and initramfs of one architecture, by {@code kobako machine-bundle}. */
final class MachineBundle {
  private static final List<Path> INPUTS =
      List.of(
          MadeOnce.CHECKOUT.resolve("cross"),
          MadeOnce.CHECKOUT.resolve("rootfs-overlay/machine"),
          MadeOnce.CHECKOUT.resolve("boot-services/block-client/target/classes"),
          MadeOnce.CHECKOUT.resolve("boot-services/block-format/target/classes"));

  private MachineBundle() {}

  /** Puts the bundle into a box's folder of boot files. */
  static void into(Path bootFiles, String architecture, Path log) throws IOException {
    Path kept =
        MadeOnce.of(
            "machine-bundles",
            architecture,
            INPUTS,
            log,
            out ->
                Program.kobako("machine-bundle", "--arch", architecture, "--out", out.toString()));
    Files.createDirectories(bootFiles);
    Program.run(log, List.of("cp", "-r", kept + "/.", bootFiles.toString()));
  }
}
