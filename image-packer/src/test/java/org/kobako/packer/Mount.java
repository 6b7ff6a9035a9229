package org.kobako.packer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.kobako.testing.Peer;

/** A mount for the length of a test. */
record Mount(Path point) implements AutoCloseable {
  /** {@code mount OPTIONS... point}. */
  static Mount at(Path point, String... arguments) throws IOException {
    Files.createDirectories(point);
    List<String> command = new ArrayList<>(List.of("mount"));
    command.addAll(List.of(arguments));
    command.add(point.toString());
    Peer.run(command).succeeded();
    return new Mount(point);
  }

  void remount(String options) {
    Peer.run("mount", "-o", "remount," + options, point.toString()).succeeded();
  }

  @Override
  public void close() {
    Peer.run("umount", point.toString()).succeeded();
  }
}
