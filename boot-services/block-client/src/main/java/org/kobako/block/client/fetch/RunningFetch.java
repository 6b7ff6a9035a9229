package org.kobako.block.client.fetch;

import org.jspecify.annotations.Nullable;
import org.kobako.block.format.FetchedBlock;

/**
 * One fetch while it runs: whom it has asked, and the {@link Hedger} that asks another meanwhile.
 * Reused for one fetch after the other, all guarded by itself.
 *
 * <pre>
 * caller  begin -> asks A ........ late ................ cut off -> settle, takeOver -> finish
 * hedger                            \-> join -> asks B -> sound: win --/
 * </pre>
 *
 * The caller waits in one place only, {@link #settle}, for a hedger that is bound by the limits of
 * its own exchange.
 */
final class RunningFetch {
  private final Exchange exchange;
  private @Nullable FetchedBlock block;

  /** Tells the exchange of now from those before, whose hedgers may come late. */
  private int generation;

  private int asked;
  private int hedgeAsked;
  private boolean offered;
  private @Nullable Hedger hedger;
  private boolean won;

  RunningFetch(Deadlines deadlines) {
    this.exchange = new Exchange(deadlines);
  }

  /** The caller's own exchange. */
  Exchange exchange() {
    return exchange;
  }

  synchronized void begin(FetchedBlock newBlock) {
    exchange.renew(this);
    block = newBlock;
    asked = 0;
    hedgeAsked = 0;
    offered = false;
  }

  /** Another round begins: all may be asked again. */
  synchronized void askAgain() {
    asked = 0;
  }

  synchronized void asks(Upstream upstream) {
    asked |= upstream.bit();
  }

  synchronized void hedgeAsks(Upstream upstream) {
    hedgeAsked |= upstream.bit();
  }

  /** The bits of those that were asked in this round. */
  synchronized int asked() {
    return asked | hedgeAsked;
  }

  /** Room that its block needs; 0 when it is over. */
  synchronized int blockSizeBytes() {
    return block == null ? 0 : block.staging().capacityBytes();
  }

  synchronized int generation() {
    return generation;
  }

  /** An exchange is hedged once; the hedger asks one after the other if it must. */
  synchronized boolean wasOffered() {
    return offered;
  }

  synchronized void setOffered() {
    offered = true;
  }

  /** Called by a hedger: takes part, unless the exchange that was late is over. */
  synchronized boolean join(int offeredGeneration, Hedger newHedger, FetchedBlock hedge) {
    FetchedBlock running = block;
    if (running == null
        || generation != offeredGeneration
        || hedge.staging().capacityBytes() < running.storedLength()) {
      return false;
    }
    hedge.request(running.requested());
    hedger = newHedger;
    won = false;
    return true;
  }

  /** Whether this hedger's bytes would still be of use. */
  synchronized boolean wants(Hedger of) {
    return hedger == of;
  }

  /** Called by a hedger whose block is sound: cuts the caller off and waits until it has it. */
  synchronized void win(Hedger winner) throws InterruptedException {
    if (hedger != winner) {
      return;
    }
    won = true;
    notifyAll();
    exchange.end(Exchange.Ending.OVERTAKEN);
    while (hedger == winner) {
      wait();
    }
  }

  /** Called by a hedger that found no sound copy: the caller asks the same by itself. */
  synchronized void lose(Hedger loser) {
    if (hedger == loser) {
      hedger = null;
      hedgeAsked = 0;
      notifyAll();
    }
  }

  /**
   * Called by the caller whose own asking failed: waits for the hedge, if there is one, and answers
   * whether it has won. A hedger that comes later is too late: another exchange begins.
   */
  synchronized boolean settle() {
    try {
      while (hedger != null && !won) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (hedger != null && won) {
      return true;
    }
    generation++;
    offered = false;
    return false;
  }

  /** Copies what the hedger won with; it is verified anew in its new place. */
  synchronized void takeOver() {
    Hedger winner = hedger;
    FetchedBlock into = block;
    if (winner == null || into == null || !won) {
      throw new IllegalStateException("no hedge has won");
    }
    into.staging().bytes().clear().put(0, winner.sound(), 0, into.storedLength());
  }

  /** The fetch is over: a hedge that still runs is abandoned. */
  synchronized void finish() {
    generation++;
    block = null;
    Hedger loser = hedger;
    hedger = null;
    if (loser != null) {
      if (!won) {
        loser.abandon();
      }
      notifyAll();
    }
  }
}
