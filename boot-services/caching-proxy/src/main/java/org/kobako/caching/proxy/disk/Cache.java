package org.kobako.caching.proxy.disk;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.kobako.block.format.JailedFile;
import org.kobako.block.format.StorePath;
import org.kobako.boot.plan.Notices;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a proxy keeps on its disk: verified files, within a quota. A disk that is full or fails
 * costs nobody an answer: for a while nothing is kept.
 */
public final class Cache implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Cache.class);

  /** How long a disk that failed is left alone. */
  static final Duration PAUSE = Duration.ofSeconds(10);

  /**
   * The part of the quota that files with names of their own may take, one in so many; and more.
   */
  private static final int FILES_PART = 8;

  /** A kernel and an initramfs of each architecture, where half the quota allows it. */
  private static final long FILES_BYTES = 192L << 20;

  private final CacheDirectory directory;
  private final CachedBlocks blocks;
  private final CachedFiles files;
  private final LongSupplier nanoClock;
  private final Notices notices = new Notices(line -> LOG.warn("proxy: {}", line));
  private final Thread scan = Thread.ofPlatform().name("cache-scan").daemon().unstarted(this::scan);
  private volatile long pausedUntilNs;

  private Cache(CacheDirectory directory, int maxBlocks, long quotaBytes, LongSupplier nanoClock) {
    this.directory = directory;
    this.nanoClock = nanoClock;
    this.pausedUntilNs = nanoClock.getAsLong();
    long filesQuota = Math.max(quotaBytes / FILES_PART, Math.min(quotaBytes / 2, FILES_BYTES));
    this.files = new CachedFiles(directory, filesQuota);
    this.blocks = new CachedBlocks(directory, maxBlocks, () -> quotaBytes - files.usedBytes());
  }

  /**
   * Opens a cache; what lies there is taken in by and by.
   *
   * @param maxBlocks bounds the memory for them: 24 bytes each
   * @throws IOException if the directory cannot be used as one, with what to do
   */
  public static Cache open(Path directory, int maxBlocks, long quotaBytes) throws IOException {
    Cache cache =
        new Cache(CacheDirectory.open(directory), maxBlocks, quotaBytes, System::nanoTime);
    cache.scan.start();
    return cache;
  }

  private void scan() {
    try {
      files.scan();
      blocks.scan();
    } catch (InterruptedIOException closes) {
      // Nobody asks for the rest.
    } catch (IOException e) {
      failed("be read", e);
    }
  }

  // ---- Blocks ----------------------------------------------------------------------------------

  /** Opens a block; empty if it is not here, or was not verified yet: {@link #has} does that. */
  public Optional<JailedFile> open(StorePath.Block block) throws IOException {
    return blocks.open(block);
  }

  /** Whether {@link #open} finds it; reads it where nobody has done so since the start. */
  public boolean has(StorePath.Block block) {
    return blocks.has(block);
  }

  /** Somebody got other bytes: it is verified again before the next use. */
  public void doubt(StorePath.Block block) {
    blocks.doubt(block);
  }

  /** Keeps a block if there is room. */
  public void put(StorePath.Block block, ByteBuffer verified) {
    if (mayWrite()) {
      try {
        blocks.put(block, verified);
      } catch (IOException e) {
        failed("be written", e);
      }
    }
  }

  /** Keeps this block as long as there are others that are not kept so. */
  public void pin(StorePath.Block block) {
    blocks.pin(block);
  }

  /** Forgets all pins. */
  public void unpin() {
    blocks.unpin();
  }

  // ---- Files with names of their own -----------------------------------------------------------

  /** What is known of a file that is here and whole. */
  public Optional<FileHead> head(String relative) {
    return files.head(relative);
  }

  /** Opens a file that {@link #head} has found. */
  public Optional<JailedFile> open(String relative) throws IOException {
    return files.open(relative);
  }

  /** Where to write a file that comes, if it may be kept; empty for one that is too long. */
  public Optional<Path> incoming(long lengthBytes) {
    return mayWrite() && lengthBytes <= files.maxBytes()
        ? Optional.of(directory.newIncoming())
        : Optional.empty();
  }

  /** Gives a file that came, and is whole, its name. */
  public void keep(String relative, Path whole, FileHead head) {
    try {
      files.keep(relative, whole, head);
    } catch (IOException e) {
      failed("be written", e);
    }
  }

  /** An upstream has said more of a file that is here. */
  public void keepHead(String relative, FileHead head) {
    try {
      files.keepHead(relative, head);
    } catch (IOException e) {
      failed("be written", e);
    }
  }

  /** A file that upstreams have no more. */
  public void drop(String relative) {
    files.drop(relative);
  }

  /** One that did not become whole. */
  public static void discard(Path incoming) {
    CacheDirectory.delete(incoming);
  }

  // ---- The disk --------------------------------------------------------------------------------

  /** Whether its disk has not failed of late. */
  public boolean mayWrite() {
    return nanoClock.getAsLong() - pausedUntilNs >= 0;
  }

  /**
   * Counts a failure of the disk, and leaves it alone for a while; not for a foreign file, which is
   * in the way of one file only.
   */
  public void failed(String what, IOException e) {
    if (e instanceof CacheDirectory.PlaceTakenException taken) {
      notices.count(
          CacheDirectory.PlaceTakenException.class.getName(),
          "the cache %s cannot keep a file: %s; delete that, or all of the cache"
              .formatted(directory.root(), taken.getMessage()));
      return;
    }
    pausedUntilNs = nanoClock.getAsLong() + PAUSE.toNanos();
    String reason = CacheDirectory.reason(e);
    notices.count(
        CacheDirectory.kind(e),
        "the cache %s cannot %s: %s; passes on what it fetches, and tries again after %d s"
            .formatted(directory.root(), what, reason, PAUSE.toSeconds()));
  }

  public long usedBytes() {
    return blocks.usedBytes() + files.usedBytes();
  }

  public int blocks() {
    return blocks.count();
  }

  /** Lets another process use it. */
  @Override
  public void close() throws IOException {
    scan.interrupt();
    try {
      scan.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    directory.close();
  }
}
