package org.kobako.caching.proxy.fetch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.BlockException;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.IndexTrust;
import org.kobako.block.format.StorePath;
import org.kobako.caching.proxy.Target;

/** What a file must be before it is kept, or sent to its end. */
final class Verification {
  /** More than any version has digits. */
  private static final int MAX_CURRENT_BYTES = 64;

  private Verification() {}

  /** More than this is not what was asked for. */
  static long maxBytes(Target target) {
    return switch (target) {
      case Target.Boot boot -> Long.MAX_VALUE;
      case Target.InStore file ->
          switch (file.path()) {
            case StorePath.Block block -> BlockSize.MAX_BYTES;
            case StorePath.Current current -> MAX_CURRENT_BYTES;
            case StorePath.Index index -> Integer.MAX_VALUE;
            case StorePath.Profile profile -> Integer.MAX_VALUE;
          };
    };
  }

  /**
   * Looks at a file that has come to its end.
   *
   * @param digestHex of its bytes
   * @return what is wrong with it; empty if nothing is
   */
  static Optional<String> problem(
      Target target, Spool spool, @Nullable String digestHex, IndexTrust trust) {
    if (!(target instanceof Target.InStore(StorePath path))) {
      return Optional.empty();
    }
    return switch (path) {
      case StorePath.Block block ->
          block.digestHex().equals(digestHex)
              ? Optional.empty()
              : Optional.of("its bytes have the digest " + digestHex);
      case StorePath.Current current -> problemOfCurrent(spool);
      case StorePath.Index index -> problemOfIndex(index, spool, trust);
      case StorePath.Profile profile -> Optional.empty();
    };
  }

  private static Optional<String> problemOfCurrent(Spool spool) {
    try {
      ByteBuffer text =
          spool.length() == 0
              ? ByteBuffer.allocate(0)
              : spool.piece(0, spool.length(), ByteBuffer.allocate(MAX_CURRENT_BYTES));
      String line = StandardCharsets.ISO_8859_1.decode(text).toString();
      // Of a version without its newline, digits may be missing as well.
      return line.endsWith("\n") && StorePath.parseCurrent(line).isPresent()
          ? Optional.empty()
          : Optional.of("it holds no version");
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** One that no disk keeps is passed on as it comes: machines verify it themselves. */
  private static Optional<String> problemOfIndex(
      StorePath.Index path, Spool spool, IndexTrust trust) {
    if (!(spool instanceof FileSpool file) || !file.isOnDisk()) {
      return Optional.empty();
    }
    try {
      BlockIndex index =
          BlockIndex.read(file.file().map(FileChannel.MapMode.READ_ONLY, 0, spool.length()), trust);
      return index.image().equals(path.image()) && index.version() == path.version()
          ? Optional.empty()
          : Optional.of("it is of image " + index.image() + " version " + index.version());
    } catch (BlockException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return Optional.of("it cannot be read back: " + e.getMessage());
    }
  }
}
