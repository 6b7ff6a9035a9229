package org.kobako.caching.proxy.fetch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.OffHeapBuffer;

/**
 * Memory for blocks on their way, used again: what the VM would free only when it collects garbage
 * is most of what a small machine has.
 */
final class BlockBuffers {
  private final long maxFreeBytes;
  private final Deque<OffHeapBuffer> free = new ArrayDeque<>();
  private long freeBytes;

  /**
   * @param maxFreeBytes kept for the next; those in use are bounded by the fetches
   */
  BlockBuffers(long maxFreeBytes) {
    this.maxFreeBytes = maxFreeBytes;
  }

  /** A buffer for so many bytes, at most {@link BlockSize#MAX_BYTES}, with whatever is in it. */
  synchronized OffHeapBuffer take(int bytes) {
    int capacity = BlockSize.MIN_BYTES;
    while (capacity < bytes) {
      capacity *= 2;
    }
    for (Iterator<OffHeapBuffer> all = free.iterator(); all.hasNext(); ) {
      OffHeapBuffer one = all.next();
      if (one.capacityBytes() == capacity) {
        all.remove();
        freeBytes -= capacity;
        return one;
      }
    }
    return OffHeapBuffer.allocate(capacity);
  }

  /** Takes back a buffer that nobody reads any more. */
  synchronized void give(OffHeapBuffer buffer) {
    if (buffer.capacityBytes() <= maxFreeBytes - freeBytes) {
      free.addFirst(buffer);
      freeBytes += buffer.capacityBytes();
    }
  }
}
