package org.kobako.block.server;

import java.nio.file.Files;
import java.nio.file.Path;
import org.kobako.boot.plan.BootFiles;

/**
 * What a block server is told, concluded when it is made.
 *
 * @param store the store's directory, which must be there
 * @param bootFiles what is served below {@code boot/}
 */
public record BlockServerConfig(Path store, BootFiles bootFiles) {
  public BlockServerConfig {
    if (!Files.isDirectory(store)) {
      throw new IllegalArgumentException(
          "store " + store + " is not a directory: make one with kobako pack");
    }
  }

  /** A store, and no boot files. */
  public static BlockServerConfig of(Path store) {
    return new BlockServerConfig(store, BootFiles.NONE);
  }

  public BlockServerConfig withBootFiles(BootFiles files) {
    return new BlockServerConfig(store, files);
  }
}
