package org.kobako.block.client.mount.nbd;

import org.jspecify.annotations.Nullable;

/** A thread that answers one request at a time for any connection, and rests in between. */
final class Worker implements Runnable {
  private final Workers workers;
  private final Answerer answerer;

  /** Written by the connection that assigns, then owned by this thread until it rests again. */
  private final Request request = new Request();

  private @Nullable NbdConnection connection;
  private boolean ended;

  Worker(Workers workers, Answerer answerer) {
    this.workers = workers;
    this.answerer = answerer;
  }

  /** Hands over a copy of a request to this resting worker. */
  synchronized void assign(NbdConnection connection, Request request) {
    this.request.copy(request);
    this.connection = connection;
    notify();
  }

  synchronized void end() {
    ended = true;
    notify();
  }

  @Override
  public void run() {
    for (NbdConnection next = await(); next != null; next = await()) {
      next.answerFor(request, answerer);
      workers.rest(this);
    }
  }

  /** The next connection to work for; null at the end. */
  private synchronized @Nullable NbdConnection await() {
    while (connection == null && !ended) {
      try {
        wait();
      } catch (InterruptedException e) {
        ended = true;
      }
    }
    NbdConnection next = connection;
    connection = null;
    return next;
  }
}
