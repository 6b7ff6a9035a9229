package org.kobako.block.client.fetch;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.BlockException;
import org.kobako.block.format.BlockRequest;
import org.kobako.block.format.FetchedBlock;
import org.kobako.block.format.StorePath;
import org.kobako.block.format.digest.Digester;
import org.kobako.block.format.digest.Digesters;

/**
 * Asks upstreams that are not healthy whether they are well again, by blocks, each answer verified
 * and timed: a box whose disk is slow or rots still answers for a small file. Before the first
 * block was fetched there is nothing but the small file.
 *
 * <p>Its daemon thread, "kobako-upstream-probe", ends with {@link #close}. It has a staging buffer
 * from the first probe on.
 */
final class Prober implements AutoCloseable {
  private static final long LIMIT_NS = TimeUnit.MILLISECONDS.toNanos(750);
  private static final int MAX_FILE_BYTES = 4096;
  private static final int TICK_MS = 100;

  private final Upstreams upstreams;
  private final StorePath file;
  private final Exchange exchange;
  private final BlockRequest request = new BlockRequest();
  private @Nullable FetchedBlock block;
  private @Nullable Digester digester;
  private boolean closed;

  /**
   * @param file a small file that a sound upstream has
   */
  Prober(Upstreams upstreams, Deadlines deadlines, StorePath file) {
    this.upstreams = upstreams;
    this.file = file;
    this.exchange = new Exchange(deadlines);
    Thread.ofPlatform().name("kobako-upstream-probe").daemon().start(this::run);
  }

  private void run() {
    try {
      while (isOpenAfterTick()) {
        List<Upstream> all = upstreams.all();
        for (int i = 0; i < all.size(); i++) {
          Upstream upstream = all.get(i);
          upstreams.copyNewest(request);
          if (upstream.startProbe(request)) {
            probe(upstream);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean isOpenAfterTick() throws InterruptedException {
    if (!closed) {
      wait(TICK_MS);
    }
    return !closed;
  }

  /** What comes out, the upstream records. */
  private void probe(Upstream upstream) {
    try {
      if (request.isSet()) {
        exchange.renew(null);
        FetchedBlock probe = blockOfAtLeast(request.storedLength());
        probe.request(request);
        upstream.probe(probe, digester(), LIMIT_NS, exchange);
      } else {
        upstream.fetchFile(file.relative(), MAX_FILE_BYTES, LIMIT_NS, exchange);
      }
    } catch (BlockException stillUnwell) {
      // The next probe comes later.
    }
  }

  private FetchedBlock blockOfAtLeast(int bytes) {
    FetchedBlock there = block;
    if (there == null || there.staging().capacityBytes() < bytes) {
      there = new FetchedBlock(bytes);
      block = there;
    }
    return there;
  }

  private Digester digester() {
    Digester there = digester;
    if (there == null) {
      there = Digesters.newDigester();
      digester = there;
    }
    return there;
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
