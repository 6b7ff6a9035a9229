package org.kobako.qemu;

import java.nio.file.Path;
import java.util.List;
import org.kobako.testing.Peer;

/**
 * QEMU and U-Boot, in the releases that work: the script {@code emulators} says why and fetches
 * them.
 */
record Emulators(List<String> x86, Path ubootFolder) {
  static Emulators find() {
    List<String> lines = Peer.run("./emulators").succeeded().lines().toList();
    return new Emulators(List.of(lines.get(0).split(" ", -1)), Path.of(lines.get(1)));
  }

  /** U-Boot for one of QEMU's boards. */
  Path uboot(String board) {
    return ubootFolder.resolve(board).resolve("u-boot.bin");
  }
}
