package org.kobako.dhcp.lease;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Puts leases on the disk, many with one flush: while the disk is busy with some, the next gather.
 * What waits for a lease, which is the machine's ACK, goes on when it is safe, in the order of the
 * leases.
 *
 * <p>{@link #run} is the one thread that writes; {@link #add} never waits for the disk.
 *
 * @param <T> a lease and what waits for it
 */
public final class GroupCommit<T> implements Runnable {
  /** Leases that may wait; the machine of one that is turned away asks again. */
  static final int MAX_WAITING = 4096;

  /** What follows a write, in the thread that writes. */
  public interface Outcome<T> {
    /** These are on the disk, in the order in which they were added. */
    void onDurable(List<T> written);

    /** These are not, and what was added meanwhile builds on them: {@link GroupCommit#takeAll}. */
    void onFailure(List<T> notWritten, IOException e);
  }

  private final LeaseLog log;
  private final Function<T, Lease> leaseOf;
  private final Supplier<Collection<Lease>> allLeases;
  private final Outcome<T> outcome;
  private List<T> gathered = new ArrayList<>();
  private boolean closed;

  /**
   * Begins with nothing to write.
   *
   * @param allLeases those of the table, with all that were added
   */
  public GroupCommit(
      LeaseLog log,
      Function<T, Lease> leaseOf,
      Supplier<Collection<Lease>> allLeases,
      Outcome<T> outcome) {
    this.log = log;
    this.leaseOf = leaseOf;
    this.allLeases = allLeases;
    this.outcome = outcome;
  }

  /** Adds a lease to the next write; false if too many wait already, or it is closed. */
  public synchronized boolean add(T one) {
    if (closed || gathered.size() >= MAX_WAITING) {
      return false;
    }
    gathered.add(one);
    notifyAll();
    return true;
  }

  /** Takes those that wait for the next write; they are not written then. */
  public synchronized List<T> takeAll() {
    List<T> taken = gathered;
    gathered = new ArrayList<>();
    return taken;
  }

  /** Writes until {@link #close} was called and nothing waits any more. */
  @Override
  public void run() {
    try {
      while (awaitSome()) {
        commit(takeAll());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean awaitSome() throws InterruptedException {
    while (gathered.isEmpty() && !closed) {
      wait();
    }
    return !gathered.isEmpty();
  }

  private void commit(List<T> entries) {
    try {
      write(entries.stream().map(leaseOf).toList());
    } catch (IOException e) {
      outcome.onFailure(entries, e);
      return;
    }
    outcome.onDurable(entries);
  }

  /** The table has these leases already, so a file that is written anew has them, too. */
  private void write(List<Lease> leases) throws IOException {
    Collection<Lease> all = allLeases.get();
    if (log.isLong(all.size())) {
      log.rewrite(all);
    } else {
      log.append(leases);
    }
  }

  /** Ends {@link #run} when all that was added is written. */
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
