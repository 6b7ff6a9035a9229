package org.kobako.packer;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Sends staged blocks to the disk while others are still being compressed, so that little is left
 * to wait for at the end. Nothing depends on it: the flush that counts is the one before blocks get
 * their names.
 *
 * <p>One thread, "pack-flush"; it ends with {@link #close}.
 */
final class EarlyFlush implements AutoCloseable {
  /** Often enough to keep a disk busy, seldom enough not to cut a file system's journal small. */
  private static final long PAUSE_MS = 300;

  private final Path directory;
  private final Thread thread;
  private boolean closed;

  private EarlyFlush(Path directory) {
    this.directory = directory;
    this.thread = Thread.ofPlatform().name("pack-flush").daemon().unstarted(this::run);
  }

  /** Begins; does nothing where every file would have to be flushed by itself. */
  static EarlyFlush of(Path directory) {
    EarlyFlush flush = new EarlyFlush(directory);
    if (Durability.isOneCall()) {
      flush.thread.start();
    }
    return flush;
  }

  private void run() {
    try {
      while (!isClosedAfterPause()) {
        Durability.forceTree(directory);
      }
    } catch (IOException tellsTheLastFlushToo) {
      // A disk that fails now fails then, where somebody is there to hear it.
    }
  }

  private synchronized boolean isClosedAfterPause() {
    try {
      if (!closed) {
        wait(PAUSE_MS);
      }
    } catch (InterruptedException e) {
      closed = true;
    }
    return closed;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
