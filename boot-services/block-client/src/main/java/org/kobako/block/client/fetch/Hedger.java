package org.kobako.block.client.fetch;

import java.nio.ByteBuffer;
import org.kobako.block.format.BlockException;
import org.kobako.block.format.FetchedBlock;
import org.kobako.block.format.digest.Digester;
import org.kobako.block.format.digest.Digesters;

/**
 * Asks another upstream for a block whose fetch is late, and hands it over if it is sooner. What
 * one thread needs for that: staging buffer, digester, exchange.
 */
final class Hedger {
  private final Upstreams upstreams;
  private final Exchange exchange;
  private final Digester digester = Digesters.newDigester();
  private final FetchedBlock block;

  Hedger(Upstreams upstreams, Deadlines deadlines, int blockSizeBytes) {
    this.upstreams = upstreams;
    this.exchange = new Exchange(deadlines);
    this.block = new FetchedBlock(blockSizeBytes);
  }

  /** Called by its own thread. */
  void hedge(RunningFetch fetch, int generation) throws InterruptedException {
    exchange.renew(fetch);
    if (!fetch.join(generation, this, block)) {
      return;
    }
    boolean sound = false;
    try {
      sound = fetchElsewhere(fetch);
    } finally {
      if (!sound) {
        fetch.lose(this);
      }
    }
    if (sound) {
      fetch.win(this);
    }
  }

  private boolean fetchElsewhere(RunningFetch fetch) {
    Upstream other;
    while (fetch.wants(this) && (other = upstreams.another(fetch.asked())) != null) {
      fetch.hedgeAsks(other);
      try {
        other.fetch(block, digester, false, upstreams.limitNs(other, 0), exchange);
        return true;
      } catch (BlockException e) {
        if (fetch.wants(this)) {
          upstreams.tell(e);
        }
      }
    }
    return false;
  }

  /** The sound block, from the first byte; good until the fetch that it was for is over. */
  ByteBuffer sound() {
    return block.staging().bytes();
  }

  /** Called by anybody: what it fetches is of no more use. */
  void abandon() {
    exchange.end(Exchange.Ending.ABANDONED);
  }
}
