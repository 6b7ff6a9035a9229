package org.kobako.caching.proxy.disk;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;
import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.FileJail;
import org.kobako.block.format.JailedFile;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.block.format.StorePath;
import org.kobako.block.format.digest.Digester;
import org.kobako.block.format.digest.Digesters;

/**
 * The stored blocks of a cache, within a quota. Each was compared with its name since the process
 * began before anybody gets it: those that came, when they came, those of another time when they
 * are asked for first.
 *
 * <p>Used by many threads. The file system is asked without the lock, so a file may be gone when it
 * is opened: then it is not here.
 */
final class CachedBlocks {
  /** Part of its disk that a cache leaves to others, one in so many. */
  private static final int RESERVE_PART = 20;

  private static final long MAX_RESERVE_BYTES = 64 << 20;

  /**
   * A full cache makes room for more than one block, as each time costs a look into directories.
   */
  private static final int MARGIN_PART = 64;

  private final CacheDirectory directory;
  private final FileJail jail;
  private final LongSupplier quotaBytes;
  private final Replacement replacement;
  private volatile boolean isScanned;

  /**
   * @param quotaBytes may change from one time to the next
   */
  CachedBlocks(CacheDirectory directory, int maxEntries, LongSupplier quotaBytes) {
    this.directory = directory;
    this.jail = new FileJail(directory.root());
    this.quotaBytes = quotaBytes;
    this.replacement = new Replacement(maxEntries, quotaBytes.getAsLong());
  }

  static long key(StorePath.Block block) {
    return Long.parseUnsignedLong(block.digestHex(), 0, 16, 16);
  }

  /** Takes in what another time has left; stops early if interrupted. */
  void scan() throws IOException {
    directory.forEachBlock((block, file) -> {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("the proxy closes");
      }
      OptionalLong length = CacheDirectory.length(file);
      if (length.isPresent()) {
        synchronized (replacement) {
          replacement.add(key(block), length.getAsLong(), Replacement.State.UNVERIFIED);
        }
      }
    });
    isScanned = true;
    makeRoom(0);
  }

  /** Opens a block that was verified; empty if there is none. Counts as a use of it. */
  Optional<JailedFile> open(StorePath.Block block) throws IOException {
    synchronized (replacement) {
      if (replacement.use(key(block)) != Replacement.State.VERIFIED) {
        return Optional.empty();
      }
    }
    try {
      return Optional.of(jail.open(block.relative()));
    } catch (NoSuchFileException gone) {
      synchronized (replacement) {
        replacement.remove(key(block));
      }
      return Optional.empty();
    }
  }

  /** Whether {@link #open} finds it, after a look at its bytes where nobody has taken one yet. */
  boolean has(StorePath.Block block) {
    boolean knowsAll = isScanned; // first: the scan may add it, and end, between the two
    return switch (state(block)) {
      case VERIFIED -> true;
      case ABSENT -> !knowsAll && verify(block);
      case UNVERIFIED -> verify(block);
    };
  }

  private Replacement.State state(StorePath.Block block) {
    synchronized (replacement) {
      return replacement.look(key(block));
    }
  }

  /** Somebody got other bytes than he asked for: they are looked at again. */
  void doubt(StorePath.Block block) {
    synchronized (replacement) {
      replacement.doubt(key(block));
    }
  }

  /** Compares a block's file with its name; one that is torn or wrong is deleted. */
  private boolean verify(StorePath.Block block) {
    try (JailedFile file = jail.open(block.relative())) {
      long length = file.lengthBytes();
      if (length > 0
          && length <= BlockSize.MAX_BYTES
          && digest(file.channel(), length).equals(block.digestHex())) {
        synchronized (replacement) {
          replacement.add(key(block), length, Replacement.State.VERIFIED);
        }
        return true;
      }
      CacheDirectory.delete(directory.path(block.relative()));
    } catch (IOException unreadable) {
      // There is none, or it cannot be read now: it may be sound, and is replaced when it comes.
    }
    synchronized (replacement) {
      replacement.remove(key(block));
    }
    return false;
  }

  private static String digest(FileChannel channel, long length) throws IOException {
    OffHeapBuffer bytes = OffHeapBuffer.allocate((int) length);
    ByteBuffer view = bytes.view();
    while (view.hasRemaining()) {
      if (channel.read(view) < 0) {
        throw new EOFException();
      }
    }
    Digester digester = Digesters.newDigester();
    BlockDigest digest = new BlockDigest();
    digester.digest(bytes, (int) length, digest);
    return digest.toHex();
  }

  /**
   * Keeps a block whose bytes are verified.
   *
   * @param bytes from position to limit
   * @throws IOException if it cannot be written; then it is not here
   */
  void put(StorePath.Block block, ByteBuffer bytes) throws IOException {
    int length = bytes.remaining();
    if (!makeRoom(length)) {
      return;
    }
    Path incoming = directory.newIncoming();
    try (FileChannel file =
        FileChannel.open(incoming, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
    } catch (IOException e) {
      CacheDirectory.delete(incoming);
      throw e;
    }
    directory.keep(incoming, directory.path(block.relative()));
    synchronized (replacement) {
      replacement.add(key(block), length, Replacement.State.VERIFIED);
    }
  }

  /** Whether there is room for so much more now. */
  private boolean makeRoom(long moreBytes) throws IOException {
    long usable = directory.usableBytes();
    long reserve = Math.min(MAX_RESERVE_BYTES, directory.totalBytes() / RESERVE_PART);
    List<Long> victims = new ArrayList<>();
    synchronized (replacement) {
      long quota = Math.min(quotaBytes.getAsLong(), replacement.usedBytes() + usable - reserve);
      if (moreBytes > quota) {
        return false;
      }
      replacement.setQuota(quota);
      if (replacement.usedBytes() + moreBytes > quota) {
        replacement.evict(Math.max(moreBytes, quota / MARGIN_PART), victims::add);
      }
      if (replacement.usedBytes() + moreBytes > quota) {
        return false; // what is left is pinned
      }
    }
    delete(victims);
    return true;
  }

  private void delete(List<Long> keys) throws IOException {
    Map<Integer, Set<Long>> byFirstByte = new HashMap<>();
    for (long key : keys) {
      byFirstByte.computeIfAbsent((int) (key >>> 56), any -> new HashSet<>()).add(key);
    }
    for (Map.Entry<Integer, Set<Long>> some : byFirstByte.entrySet()) {
      directory.forEachBlock(
          some.getKey(),
          (block, file) -> {
            if (some.getValue().contains(key(block))) {
              CacheDirectory.delete(file);
            }
          });
    }
  }

  /** Keeps none longer than the others. */
  void unpin() {
    synchronized (replacement) {
      replacement.unpinAll();
    }
  }

  void pin(StorePath.Block block) {
    synchronized (replacement) {
      replacement.pin(key(block));
    }
  }

  long usedBytes() {
    synchronized (replacement) {
      return replacement.usedBytes();
    }
  }

  int count() {
    synchronized (replacement) {
      return replacement.entries();
    }
  }
}
