package org.kobako.block.client.bench;

import java.nio.file.Path;
import org.kobako.block.client.mount.fuse.FuseConfig;
import org.kobako.block.client.mount.fuse.FuseMount;

/**
 * A process that serves a {@link MemoryDisk} of the pattern, called {@code memory}, until it is
 * unmounted: the counterpart of {@code fuse_memory.c}.
 */
public final class MemoryDiskServer {
  private MemoryDiskServer() {}

  /** Arguments: mount point, length in bytes, threads. Prints the file's path when it is there. */
  public static void main(String[] arguments) throws Exception {
    MemoryDisk disk = MemoryDisk.ofPattern("memory", Integer.parseInt(arguments[1]));
    FuseConfig config =
        FuseConfig.at(Path.of(arguments[0])).withThreads(Integer.parseInt(arguments[2]));
    try (FuseMount mount = FuseMount.mount(disk, config)) {
      System.out.println(mount.file());
      mount.awaitEnd();
    }
  }
}
