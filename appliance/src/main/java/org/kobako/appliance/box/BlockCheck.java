package org.kobako.appliance.box;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.kobako.block.format.StorePath;
import org.kobako.block.format.digest.Sha256;

/**
 * Reads a block of the store, another each time, through the box's own HTTP, and compares it with
 * its name: whoever counts on the box has the same way before him, disk and all. It takes no more
 * than a fiftieth of the time: a VM that only interprets digests 60 KB in a second. One that was
 * slow, as everything was at that moment, puts the next off for two minutes at most.
 */
final class BlockCheck {
  /** What people call it. */
  static final String NAME = "store";

  private static final int DIRECTORIES = 256;

  /** The block is one of the first so many of a directory, in the order of its disk. */
  private static final int CHOICE = 16;

  private static final int PIECE_BYTES = 16 << 10;

  private static final int PAUSE_TIMES = 49;
  private static final long MAX_PAUSE_NS = Duration.ofMinutes(2).toNanos();

  private final List<Path> stores;
  private long nextNs = System.nanoTime();

  /**
   * @param stores the directories that have blocks: the store, and a cache
   */
  BlockCheck(List<Path> stores) {
    this.stores = List.copyOf(stores);
  }

  /** The store as one of the box's services, for its check. */
  Part part(BoxHttp http) {
    return new Part(NAME, () -> {}, () -> {}, () -> run(http.own()), () -> {});
  }

  /**
   * Does nothing for a store that has no block yet, nor before its turn has come.
   *
   * @throws IOException if a block does not come, or has other bytes than its name says
   */
  void run(InetSocketAddress http) throws IOException {
    long startNs = System.nanoTime();
    if (startNs - nextNs < 0) {
      return;
    }
    Optional<StorePath.Block> block = anyBlock();
    if (block.isEmpty()) {
      return;
    }
    try {
      compare(block.get(), http);
      long endNs = System.nanoTime();
      nextNs = endNs + Math.min(MAX_PAUSE_NS, PAUSE_TIMES * (endNs - startNs));
    } catch (IOException e) {
      if (stores.stream().anyMatch(store -> Files.exists(block.get().in(store)))) {
        throw e; // else it was collected as garbage in the meantime
      }
    }
  }

  private static void compare(StorePath.Block block, InetSocketAddress http) throws IOException {
    MessageDigest digest = Sha256.begin();
    try (OwnRequest request = OwnRequest.get(http, block.relative())) {
      byte[] piece = new byte[PIECE_BYTES];
      for (int read; (read = request.body().read(piece)) > 0; ) {
        digest.update(piece, 0, read);
      }
    }
    if (!HexFormat.of().formatHex(digest.digest()).equals(block.digestHex())) {
      throw new IOException(
          "block %s has other bytes than its name says: run kobako verify"
              .formatted(block.digestHex()));
    }
  }

  private Optional<StorePath.Block> anyBlock() throws IOException {
    List<Path> some = new ArrayList<>(stores);
    Collections.shuffle(some, ThreadLocalRandom.current());
    for (Path store : some) {
      Optional<StorePath.Block> block = anyBlock(store);
      if (block.isPresent()) {
        return block;
      }
    }
    return Optional.empty();
  }

  private static Optional<StorePath.Block> anyBlock(Path store) throws IOException {
    int first = ThreadLocalRandom.current().nextInt(DIRECTORIES);
    for (int i = 0; i < DIRECTORIES; i++) {
      Path directory = store.resolve("blocks/%02x".formatted((first + i) % DIRECTORIES));
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
        Optional<StorePath.Block> block = oneOf(store, files);
        if (block.isPresent()) {
          return block;
        }
      } catch (NoSuchFileException | NotDirectoryException without) {
        // Another has some.
      }
    }
    return Optional.empty();
  }

  private static Optional<StorePath.Block> oneOf(Path store, DirectoryStream<Path> files) {
    Optional<StorePath.Block> chosen = Optional.empty();
    int seen = 0;
    for (Path file : files) {
      Optional<StorePath> path = StorePath.parse(store.relativize(file).toString());
      if (path.orElse(null) instanceof StorePath.Block block
          && ThreadLocalRandom.current().nextInt(++seen) == 0) {
        chosen = Optional.of(block);
      }
      if (seen == CHOICE) {
        break;
      }
    }
    return chosen;
  }
}
