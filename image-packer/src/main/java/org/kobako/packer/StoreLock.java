package org.kobako.packer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.kobako.block.format.ImageName;

/**
 * Who may change a store: a pack locks the one byte of {@code STORE/.lock} that its image's name
 * hashes to, a collector locks all of them. So packs of different images go on side by side, two of
 * one image follow each other, and nothing is collected while anybody packs.
 *
 * <p>The operating system takes a lock back when its process dies, however it dies. Because closing
 * any descriptor of a file drops all locks that a process has on it (POSIX fcntl), a process opens
 * each store's lock file once.
 */
final class StoreLock implements AutoCloseable {
  private static final long WHOLE_FILE = Long.MAX_VALUE;
  private static final int POLL_MS = 50;

  /** Guarded by itself. */
  private static final Map<Path, LockFile> OPEN_FILES = new HashMap<>();

  private final LockFile file;
  private final List<FileLock> locks;

  private StoreLock(LockFile file, List<FileLock> locks) {
    this.file = file;
    this.locks = locks;
  }

  /** Waits until nobody else packs these images or collects the store. */
  static StoreLock ofImages(Path store, Collection<ImageName> images, Progress progress)
      throws IOException {
    return await(store, bytesOf(images), 1, "waiting for another pack or gc", progress);
  }

  /** Waits until nobody packs into the store or collects it. */
  static StoreLock ofStore(Path store, Progress progress) throws IOException {
    return await(store, List.of(0L), WHOLE_FILE, "waiting for a pack or another gc", progress);
  }

  /** Takes the whole store's lock if nobody has a part of it. */
  static Optional<StoreLock> tryStore(Path store) throws IOException {
    return tryLock(store, List.of(0L), WHOLE_FILE);
  }

  /** Takes an image's lock if nobody has it. */
  static Optional<StoreLock> tryImage(Path store, ImageName image) throws IOException {
    return tryLock(store, bytesOf(List.of(image)), 1);
  }

  /** Names with equal hash codes only wait for each other. */
  private static SortedSet<Long> bytesOf(Collection<ImageName> images) {
    SortedSet<Long> positions = new TreeSet<>();
    for (ImageName image : images) {
      positions.add(Integer.toUnsignedLong(image.value().hashCode()));
    }
    return positions;
  }

  private static StoreLock await(
      Path store, Collection<Long> positions, long length, String stage, Progress progress)
      throws IOException {
    try {
      while (true) {
        Optional<StoreLock> lock = tryLock(store, positions, length);
        if (lock.isPresent()) {
          return lock.get();
        }
        progress.step(stage, 0, 0);
        Thread.sleep(POLL_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while " + stage + " of store " + store);
    }
  }

  private static Optional<StoreLock> tryLock(Path store, Collection<Long> positions, long length)
      throws IOException {
    LockFile file = LockFile.open(store);
    List<FileLock> locks = new ArrayList<>();
    boolean all = false;
    try {
      for (long position : positions) {
        FileLock lock = file.channel.tryLock(position, length, false);
        if (lock == null) {
          return Optional.empty();
        }
        locks.add(lock);
      }
      all = true;
      return Optional.of(new StoreLock(file, locks));
    } catch (OverlappingFileLockException ofThisProcess) {
      return Optional.empty();
    } finally {
      if (!all) {
        new StoreLock(file, locks).close();
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      for (FileLock lock : locks) {
        lock.release();
      }
    } finally {
      file.close();
    }
  }

  /** A store's lock file, open once in this process for all who use it. */
  private static final class LockFile {
    private final Path path;
    private final FileChannel channel;
    private int users;

    private LockFile(Path path, FileChannel channel) {
      this.path = path;
      this.channel = channel;
    }

    static LockFile open(Path store) throws IOException {
      try {
        Path path = store.toRealPath().resolve(".lock");
        synchronized (OPEN_FILES) {
          LockFile file = OPEN_FILES.get(path);
          if (file == null) {
            file =
                new LockFile(
                    path,
                    FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
            OPEN_FILES.put(path, file);
          }
          file.users++;
          return file;
        }
      } catch (IOException e) {
        throw new PackerException(
            "store "
                + store
                + " cannot be written: "
                + PackerException.reason(e)
                + "; make it writable or use another store",
            e);
      }
    }

    void close() throws IOException {
      synchronized (OPEN_FILES) {
        if (--users == 0) {
          OPEN_FILES.remove(path);
          channel.close();
        }
      }
    }
  }
}
