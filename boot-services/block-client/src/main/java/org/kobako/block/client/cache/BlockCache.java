package org.kobako.block.client.cache;

import java.util.Arrays;
import org.kobako.block.format.OffHeapBuffer;

/**
 * Plain blocks in fixed off-heap slots, found by block number; nothing is allocated after
 * construction.
 *
 * <p>A slot is free, being filled by one thread, or filled. A filled slot is pinned while replies
 * use it and may be evicted while nobody does: the second-chance clock, in which a slot that was
 * hit gets another round and one that was read to its end in sequence does not.
 *
 * <p>Any thread; one lock, held for a few dozen instructions. Coalescing: whoever asks for a block
 * that another thread fills waits for that thread.
 */
public final class BlockCache {
  private static final int NO_BLOCK = -1;
  private static final int EMPTY = -1;

  private final OffHeapBuffer memory;
  private final int blockSizeBytes;

  // Guarded by this; one element per slot.
  private final int[] blockOf;
  private final int[] pins;
  private final boolean[] filling;
  private final boolean[] recentlyUsed;

  // Guarded by this: open addressing, block number -> slot, linear probing.
  private final int[] tableSlot;
  private final int tableMask;
  private int hand;
  private int reservedPins;
  private long hits;
  private long misses;

  /**
   * @param slots number of blocks held, at least 2
   */
  public BlockCache(int slots, int blockSizeBytes) {
    if (slots < 2 || (long) slots * blockSizeBytes > Integer.MAX_VALUE - (1 << 16)) {
      throw new IllegalArgumentException(
          slots + " slots of " + blockSizeBytes + " bytes are refused: expected 2 slots to 2 GiB");
    }
    this.blockSizeBytes = blockSizeBytes;
    this.memory = OffHeapBuffer.allocate(slots * blockSizeBytes);
    this.blockOf = new int[slots];
    this.pins = new int[slots];
    this.filling = new boolean[slots];
    this.recentlyUsed = new boolean[slots];
    this.tableSlot = new int[Integer.highestOneBit(slots * 4 - 1) << 1];
    this.tableMask = tableSlot.length - 1;
    Arrays.fill(blockOf, NO_BLOCK);
    Arrays.fill(tableSlot, EMPTY);
  }

  /** Memory of all slots; a slot begins at {@link #offset}. */
  public OffHeapBuffer memory() {
    return memory;
  }

  public int offset(int slot) {
    return slot * blockSizeBytes;
  }

  public int slots() {
    return blockOf.length;
  }

  /**
   * Sets slots aside for a thread that pins up to so many at once, so that no thread ever waits for
   * a slot while it holds another's last one.
   *
   * @throws IllegalStateException if the cache is too small for one thread more
   */
  public synchronized void reservePins(int count) {
    if (reservedPins + count > slots()) {
      throw new IllegalStateException(
          "a block cache of "
              + slots()
              + " slots is too small for "
              + (reservedPins + count)
              + " pins: use a larger --cache or fewer threads");
    }
    reservedPins += count;
  }

  public synchronized int unreservedPins() {
    return slots() - reservedPins;
  }

  /**
   * Pins a filled slot; waits while another thread fills it.
   *
   * @return the slot, or -1 if the block is not here
   */
  public synchronized int pin(int block) {
    int slot = awaitFilled(block);
    if (slot < 0) {
      misses++;
      return -1;
    }
    hits++;
    return pinFilled(slot);
  }

  /** Whether a block is here and filled; it may be evicted the next moment. */
  public synchronized boolean holds(int block) {
    int slot = find(block);
    return slot >= 0 && !filling[slot];
  }

  /**
   * Pins a filled slot, or claims a free one to fill.
   *
   * @return the pinned slot; or {@code ~slot}, a slot that is the caller's to fill: {@link #filled}
   *     or {@link #failed} must follow
   */
  public synchronized int pinOrClaim(int block) {
    boolean interrupted = false;
    try {
      while (true) {
        int slot = find(block);
        if (slot < 0) {
          slot = evict();
          if (slot >= 0) {
            claim(slot, block);
            return ~slot;
          }
        } else if (!filling[slot]) {
          return pinFilled(slot);
        }
        interrupted |= awaitChange();
      }
    } finally {
      restore(interrupted);
    }
  }

  /**
   * Claims a slot to fill ahead of need.
   *
   * @return a slot that is the caller's to fill, or -1 if the block is here, or being filled, or no
   *     slot is free: not worth waiting for
   */
  public synchronized int claimAhead(int block) {
    if (find(block) >= 0) {
      return -1;
    }
    int slot = evict();
    if (slot >= 0) {
      claim(slot, block);
    }
    return slot;
  }

  private int pinFilled(int slot) {
    pins[slot]++;
    recentlyUsed[slot] = true;
    return slot;
  }

  private int awaitFilled(int block) {
    boolean interrupted = false;
    int slot;
    while ((slot = find(block)) >= 0 && filling[slot]) {
      interrupted |= awaitChange();
    }
    restore(interrupted);
    return slot;
  }

  private void claim(int slot, int block) {
    blockOf[slot] = block;
    filling[slot] = true;
    pins[slot] = 1;
    insert(block, slot);
  }

  /** The caller's slot holds its block now; the caller's pin stays. */
  public synchronized void filled(int slot) {
    filling[slot] = false;
    recentlyUsed[slot] = true;
    notifyAll();
  }

  /** The caller's slot could not be filled: it is free again, and whoever waits tries by itself. */
  public synchronized void failed(int slot) {
    filling[slot] = false;
    pins[slot] = 0;
    remove(blockOf[slot]);
    blockOf[slot] = NO_BLOCK;
    notifyAll();
  }

  /** Gives a pin back. */
  public synchronized void unpin(int slot) {
    if (--pins[slot] == 0) {
      notifyAll();
    }
  }

  /** A block was read to its end in sequence: it is the first to go. */
  public synchronized void readToEnd(int slot) {
    recentlyUsed[slot] = false;
  }

  public synchronized long hits() {
    return hits;
  }

  public synchronized long misses() {
    return misses;
  }

  /** A slot without a block, or -1 if all are pinned. */
  private int evict() {
    for (int step = 0; step < 2 * slots(); step++) {
      int slot = hand;
      hand = hand + 1 == slots() ? 0 : hand + 1;
      if (pins[slot] > 0) {
        continue;
      }
      if (blockOf[slot] == NO_BLOCK) {
        return slot;
      }
      if (recentlyUsed[slot]) {
        recentlyUsed[slot] = false;
        continue;
      }
      remove(blockOf[slot]);
      blockOf[slot] = NO_BLOCK;
      return slot;
    }
    return -1;
  }

  /**
   * Waits for a slot to change. An interrupt is kept for later: the thread that fills a slot ends
   * by itself, within its upstreams' patience.
   */
  private boolean awaitChange() {
    try {
      wait();
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }

  private static void restore(boolean interrupted) {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private int home(int block) {
    int h = block * 0x9e3779b9;
    return (h ^ h >>> 16) & tableMask;
  }

  private int find(int block) {
    for (int at = home(block); tableSlot[at] != EMPTY; at = at + 1 & tableMask) {
      if (blockOf[tableSlot[at]] == block) {
        return tableSlot[at];
      }
    }
    return -1;
  }

  private void insert(int block, int slot) {
    int at = home(block);
    while (tableSlot[at] != EMPTY) {
      at = at + 1 & tableMask;
    }
    tableSlot[at] = slot;
  }

  /** Closes the gap behind what is removed, so that no probe stops too early. */
  private void remove(int block) {
    int gap = home(block);
    while (blockOf[tableSlot[gap]] != block) {
      gap = gap + 1 & tableMask;
    }
    for (int at = gap + 1 & tableMask; tableSlot[at] != EMPTY; at = at + 1 & tableMask) {
      int home = home(blockOf[tableSlot[at]]);
      boolean movable = (at - home & tableMask) >= (at - gap & tableMask);
      if (movable) {
        tableSlot[gap] = tableSlot[at];
        gap = at;
      }
    }
    tableSlot[gap] = EMPTY;
  }
}
