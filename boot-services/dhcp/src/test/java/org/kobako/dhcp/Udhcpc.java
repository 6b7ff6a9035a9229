package org.kobako.dhcp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.kobako.testing.Segment;

/** Busybox's DHCP client. */
final class Udhcpc {
  private Udhcpc() {}

  /**
   * Runs it until it has a lease or gives up; what it told its script, a {@code name=value} a line.
   */
  static String run(Segment.Host machine, Path directory) throws IOException {
    Path script = directory.resolve("udhcpc.sh");
    if (!Files.exists(script)) {
      Files.writeString(script, "#!/bin/sh\n[ \"$1\" = bound ] && env\nexit 0\n");
      script.toFile().setExecutable(true);
    }
    return machine
        .run(
            "udhcpc", "-i", "eth0", "-f", "-n", "-q", "-t", "4", "-T", "1", "-s", script.toString())
        .output();
  }
}
