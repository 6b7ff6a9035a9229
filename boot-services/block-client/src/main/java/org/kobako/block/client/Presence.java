package org.kobako.block.client;

import java.time.Duration;
import org.kobako.block.client.fetch.Upstreams;
import org.kobako.block.format.StorePath;

/**
 * Lets every upstream know now and then that this machine is there and which version it reads, by a
 * fetch of a small file: a machine that has what it needs in its memory asks for no block for days,
 * and one that reads from one box may need another tomorrow. So none of them takes the version for
 * one that nobody reads.
 *
 * <p>Its daemon thread, "kobako-presence", ends with {@link #close}.
 */
final class Presence implements AutoCloseable {
  /** A box that has run for three times this knows all that read from it. */
  static final Duration PERIOD = Duration.ofMinutes(5);

  private static final int MAX_FILE_BYTES = 4096;

  private final Upstreams upstreams;
  private final StorePath file;
  private final Duration period;
  private final Thread thread =
      Thread.ofPlatform().name("kobako-presence").daemon().unstarted(this::run);

  /**
   * @param file a small file that a sound upstream has
   */
  Presence(Upstreams upstreams, StorePath file, Duration period) {
    this.upstreams = upstreams;
    this.file = file;
    this.period = period;
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(period);
        // Whether one answers is of interest to nobody here: reads find out by themselves.
        upstreams.copies(file, MAX_FILE_BYTES).forEach(copy -> {});
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
