package org.kobako.block.server;

import java.nio.file.Files;
import java.nio.file.Path;
import org.kobako.block.format.StoreFiles;
import org.kobako.boot.plan.BootFiles;

/**
 * What a block server is told, concluded when it is made.
 *
 * @param store the files that it serves
 * @param bootFiles what is served below {@code boot/}
 * @param reads is told who reads what
 */
public record BlockServerConfig(StoreFiles store, BootFiles bootFiles, MachineReads reads) {
  /** Where nobody names a bound: a room of machines, and those that came before them. */
  private static final int USUAL_MACHINES = 4096;

  /**
   * A store that is a directory, and no boot files.
   *
   * @throws IllegalArgumentException if it is not there
   */
  public static BlockServerConfig of(Path store) {
    if (!Files.isDirectory(store)) {
      throw new IllegalArgumentException(
          "store " + store + " is not a directory: make one with kobako pack");
    }
    return new BlockServerConfig(
        StoreFiles.in(store), BootFiles.NONE, new MachineReads(USUAL_MACHINES));
  }

  public BlockServerConfig withBootFiles(BootFiles files) {
    return new BlockServerConfig(store, files, reads);
  }
}
