package org.kobako.block.server;

import java.nio.file.Files;
import java.nio.file.Path;
import org.kobako.boot.plan.BootFiles;

/**
 * What a block server is told, concluded when it is made.
 *
 * @param store the store's directory, which must be there
 * @param bootFiles what is served below {@code boot/}
 * @param bufferBytes off-heap memory that responses under way share, 65536 (64 KiB) or more; beyond
 *     it a further response gets 4 KiB
 */
public record BlockServerConfig(Path store, BootFiles bootFiles, int bufferBytes) {
  public static final int MIN_BUFFER_BYTES = 64 << 10;
  public static final int DEFAULT_BUFFER_BYTES = 4 << 20;

  public BlockServerConfig {
    if (!Files.isDirectory(store)) {
      throw new IllegalArgumentException(
          "store " + store + " is not a directory: make one with kobako pack");
    }
    if (bufferBytes < MIN_BUFFER_BYTES) {
      throw new IllegalArgumentException(
          "buffer-bytes " + bufferBytes + " is refused: allowed are 65536 and more");
    }
  }

  /** A store with the default buffers, 4 MiB, and no boot files. */
  public static BlockServerConfig of(Path store) {
    return new BlockServerConfig(store, BootFiles.NONE, DEFAULT_BUFFER_BYTES);
  }

  public BlockServerConfig withBootFiles(BootFiles files) {
    return new BlockServerConfig(store, files, bufferBytes);
  }
}
