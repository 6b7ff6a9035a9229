package org.kobako.block.server;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.kobako.block.format.JailedFile;
import org.kobako.block.format.StoreFiles;
import org.kobako.block.format.StorePath;

/** Opens files of a store. */
final class StoreFile {
  private StoreFile() {}

  /**
   * Opens a file of a store.
   *
   * @throws NoSuchFileException if there is no such regular file
   * @throws IOException if it is there and cannot be opened
   */
  static ServedFile open(StoreFiles store, StorePath path) throws IOException {
    String relative = path.relative();
    JailedFile file = store.open(path).orElseThrow(() -> new NoSuchFileException(relative));
    try {
      String tag =
          path instanceof StorePath.Block block
              ? block.digestHex()
              : ServedFile.tag(file.channel(), file.lengthBytes());
      FileFacts facts =
          new FileFacts(
              relative,
              kind(path),
              file.lengthBytes(),
              '"' + tag + '"',
              file.modifiedEpochSeconds());
      return new ServedFile(file.channel(), facts);
    } catch (IOException | RuntimeException e) {
      ServedFile.closeQuietly(file.channel());
      throw e;
    }
  }

  private static FileFacts.Kind kind(StorePath path) {
    return switch (path) {
      case StorePath.Block block -> FileFacts.Kind.IMMUTABLE;
      case StorePath.Index index -> FileFacts.Kind.IMMUTABLE;
      case StorePath.Current current -> FileFacts.Kind.MUTABLE_TEXT;
      case StorePath.Profile profile -> FileFacts.Kind.MUTABLE;
    };
  }
}
