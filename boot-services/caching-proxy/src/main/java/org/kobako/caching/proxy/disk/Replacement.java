package org.kobako.caching.proxy.disk;

import java.util.Arrays;

/**
 * Which blocks a full cache gives up: S3-FIFO (Yang et al., "FIFO queues are all you need for cache
 * eviction", SOSP 2023). What is new waits in a small queue, and leaves at its end unless somebody
 * asked for it again; what was asked for again, or had left and came back, lives in the main queue,
 * where each use is worth another round. So a machine that reads a whole disk once drives nothing
 * out that a room boots from.
 *
 * <p>A block is known by the first 64 bits of its digest. For each there are 24 bytes of heap, at
 * most, and none is made for one that is found. Of one thread at a time.
 */
final class Replacement {
  /** What is known of a block. */
  enum State {
    ABSENT,
    /** In the cache, and its bytes were not seen since the process began. */
    UNVERIFIED,
    VERIFIED
  }

  /** Lengths are counted as a disk allocates them. */
  static final int UNIT_BYTES = 4096;

  /** Part of the quota for what is new, one in so many. */
  private static final int SMALL_PART = 10;

  private static final int NONE = -1;
  private static final int FIRST_SLOTS = 1024;

  /** Below: units of length; above: uses, and flags. */
  private static final int UNITS_MASK = 0xffff;

  private static final int USE = 1 << 16;
  private static final int USES_MASK = 3 << 16;
  private static final int IN_MAIN = 1 << 18;
  private static final int VERIFIED = 1 << 19;
  private static final int PINNED = 1 << 20;

  /** Left its place in the table, and is still in its queue. */
  private static final int GONE = 1 << 21;

  private final int maxEntries;
  private long quotaUnits;

  private long[] keys = new long[0];
  private int[] facts = new int[0];
  private int[] next = new int[0];
  private int[] table = new int[0];
  private int[] ghosts = new int[0];
  private int free = NONE;
  private int entries;

  private final Queue small = new Queue();
  private final Queue main = new Queue();

  /** A chain of slots through {@code next}, and what they hold. */
  private static final class Queue {
    int first = NONE;
    int last = NONE;
    long units;
    int slots;
  }

  /** Takes the keys of blocks that are to be deleted. */
  interface Victims {
    void evicted(long key);
  }

  /**
   * @param maxEntries a bound of the memory that this takes
   */
  Replacement(int maxEntries, long quotaBytes) {
    this.maxEntries = maxEntries;
    setQuota(quotaBytes);
  }

  /** Takes effect with the next {@link #evict}. */
  void setQuota(long bytes) {
    quotaUnits = Math.max(0, bytes / UNIT_BYTES);
  }

  int entries() {
    return entries;
  }

  long usedBytes() {
    return (small.units + main.units) * UNIT_BYTES;
  }

  /** Looks a block up for somebody who wants it. */
  State use(long key) {
    int slot = find(key);
    if (slot == NONE) {
      return State.ABSENT;
    }
    int uses = facts[slot] & USES_MASK;
    if (uses != USES_MASK) {
      facts[slot] += USE;
    }
    return state(slot);
  }

  /** The same for one who does not. */
  State look(long key) {
    int slot = find(key);
    return slot == NONE ? State.ABSENT : state(slot);
  }

  private State state(int slot) {
    return (facts[slot] & VERIFIED) != 0 ? State.VERIFIED : State.UNVERIFIED;
  }

  /**
   * Adds a block, or says more of one that is there.
   *
   * @param lengthBytes below 256 MB
   */
  void add(long key, long lengthBytes, State state) {
    int slot = find(key);
    if (slot == NONE) {
      boolean wasHere = ghosts.length > 0 && ghosts[ghost(key)] == fingerprint(key);
      slot = takeSlot();
      keys[slot] = key;
      facts[slot] =
          (int) Math.min(UNITS_MASK, (lengthBytes + UNIT_BYTES - 1) / UNIT_BYTES)
              | (wasHere ? IN_MAIN : 0);
      table[place(key)] = slot + 1;
      entries++;
      append(wasHere ? main : small, slot);
    }
    if (state == State.VERIFIED) {
      facts[slot] |= VERIFIED;
    }
  }

  /** Its bytes must be seen again before anybody gets them. */
  void doubt(long key) {
    int slot = find(key);
    if (slot != NONE) {
      facts[slot] &= ~VERIFIED;
    }
  }

  /** Keeps a block, if it is there, as long as there is another. */
  void pin(long key) {
    int slot = find(key);
    if (slot != NONE) {
      facts[slot] |= PINNED;
    }
  }

  void unpinAll() {
    for (int slot = 0; slot < facts.length; slot++) {
      facts[slot] &= ~PINNED;
    }
  }

  /** Forgets a block whose file is gone. */
  void remove(long key) {
    int slot = find(key);
    if (slot != NONE) {
      leaveTable(key);
      queueOf(slot).units -= facts[slot] & UNITS_MASK;
      facts[slot] = facts[slot] & IN_MAIN | GONE;
    }
  }

  /** Gives up blocks until the rest, and so much more, is within the quota. */
  void evict(long moreBytes, Victims victims) {
    long limit = quotaUnits - (moreBytes + UNIT_BYTES - 1) / UNIT_BYTES;
    // Each step takes one from a queue: pinned blocks alone would go round for ever.
    long steps = 4L * (small.slots + main.slots) + 1;
    while ((small.units + main.units > limit || entries >= maxEntries)
        && entries > 0
        && steps-- > 0) {
      if (small.units > quotaUnits / SMALL_PART || main.slots == 0) {
        stepSmall(victims);
      } else {
        stepMain(victims);
      }
    }
  }

  private void stepSmall(Victims victims) {
    int slot = takeFirst(small);
    if (slot == NONE || isGone(slot)) {
      release(slot);
    } else if ((facts[slot] & (USES_MASK | PINNED)) != 0) {
      facts[slot] = facts[slot] & ~USES_MASK | IN_MAIN;
      append(main, slot);
    } else {
      ghosts[ghost(keys[slot])] = fingerprint(keys[slot]);
      drop(slot, victims);
    }
  }

  private void stepMain(Victims victims) {
    int slot = takeFirst(main);
    if (slot == NONE || isGone(slot)) {
      release(slot);
    } else if ((facts[slot] & PINNED) != 0) {
      append(main, slot);
    } else if ((facts[slot] & USES_MASK) != 0) {
      facts[slot] -= USE;
      append(main, slot);
    } else {
      drop(slot, victims);
    }
  }

  private void drop(int slot, Victims victims) {
    leaveTable(keys[slot]);
    long key = keys[slot];
    release(slot);
    victims.evicted(key);
  }

  private boolean isGone(int slot) {
    return (facts[slot] & GONE) != 0;
  }

  // ---- Queues ----------------------------------------------------------------------------------

  private Queue queueOf(int slot) {
    return (facts[slot] & IN_MAIN) != 0 ? main : small;
  }

  private void append(Queue queue, int slot) {
    next[slot] = NONE;
    if (queue.last == NONE) {
      queue.first = slot;
    } else {
      next[queue.last] = slot;
    }
    queue.last = slot;
    queue.units += facts[slot] & UNITS_MASK;
    queue.slots++;
  }

  private int takeFirst(Queue queue) {
    int slot = queue.first;
    if (slot != NONE) {
      queue.first = next[slot];
      if (queue.first == NONE) {
        queue.last = NONE;
      }
      queue.units -= facts[slot] & UNITS_MASK;
      queue.slots--;
    }
    return slot;
  }

  // ---- Slots and the table of their keys -------------------------------------------------------

  private int takeSlot() {
    if (free == NONE) {
      grow();
    }
    int slot = free;
    free = next[slot];
    return slot;
  }

  private void release(int slot) {
    if (slot != NONE) {
      next[slot] = free;
      free = slot;
    }
  }

  private void grow() {
    int before = keys.length;
    int after = before == 0 ? FIRST_SLOTS : before * 2;
    keys = Arrays.copyOf(keys, after);
    facts = Arrays.copyOf(facts, after);
    next = Arrays.copyOf(next, after);
    ghosts = new int[after];
    for (int slot = after - 1; slot >= before; slot--) {
      release(slot);
    }
    int[] old = table;
    table = new int[2 * after];
    for (int entry : old) {
      if (entry != 0) {
        table[place(keys[entry - 1])] = entry;
      }
    }
  }

  private int find(long key) {
    if (table.length == 0) {
      return NONE;
    }
    return table[place(key)] - 1;
  }

  /** Where the key stands, or would. Digests are random already. */
  private int place(long key) {
    int mask = table.length - 1;
    int at = (int) key & mask;
    while (table[at] != 0 && keys[table[at] - 1] != key) {
      at = at + 1 & mask;
    }
    return at;
  }

  /** Those behind it move up, so that each is found from where it would stand. */
  private void leaveTable(long key) {
    int mask = table.length - 1;
    int hole = place(key);
    table[hole] = 0;
    entries--;
    for (int at = hole + 1 & mask; table[at] != 0; at = at + 1 & mask) {
      int home = (int) keys[table[at] - 1] & mask;
      if ((at - home & mask) >= (at - hole & mask)) {
        table[hole] = table[at];
        table[at] = 0;
        hole = at;
      }
    }
  }

  private int ghost(long key) {
    return (int) (key >>> 20) & ghosts.length - 1;
  }

  /** Never 0, which stands for none. */
  private static int fingerprint(long key) {
    return (int) (key >>> 32) | 1;
  }
}
