package org.kobako.block.client.fetch;

/**
 * How many fetches may be hedged: one in {@value #FETCHES_PER_HEDGE}, that is 5 %, and {@value
 * #BURST} at once, so that a box that dies does not find the budget empty. Where all upstreams are
 * slow, this keeps hedges from making them slower.
 */
final class HedgeBudget {
  static final int FETCHES_PER_HEDGE = 20;
  static final int BURST = 8;

  private int saved = BURST * FETCHES_PER_HEDGE;

  /** A fetch begins, which pays its part of a hedge. */
  synchronized void add() {
    saved = Math.min(saved + 1, BURST * FETCHES_PER_HEDGE);
  }

  synchronized boolean isEmpty() {
    return saved < FETCHES_PER_HEDGE;
  }

  /** Takes one hedge, if there is one. */
  synchronized boolean take() {
    if (isEmpty()) {
      return false;
    }
    saved -= FETCHES_PER_HEDGE;
    return true;
  }
}
