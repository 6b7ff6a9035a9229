package org.kobako.block.client;

import org.kobako.block.client.cache.BlockCache;
import org.kobako.block.client.cache.Prefetcher;
import org.kobako.block.client.cache.ReadAhead;
import org.kobako.block.client.fetch.Upstreams;
import org.kobako.block.format.BlockException;
import org.kobako.block.format.BlockIndex;

/**
 * The read path, whole, in {@link #read}: index, cache, then fetch, verify and decompress.
 *
 * <pre>
 * kernel read -> mount -> index -> block cache -hit--------------------> reply
 *                                       \-miss-> fetch -> verify -> decompress -> slot -/
 * </pre>
 *
 * Nothing is allocated per read. Copies in user space: none for a hit (the reply names the slot);
 * for a miss the bytes go from the socket to staging and are decompressed from there to where the
 * reply takes them, which for a block stored plain is the one copy.
 */
final class ReadPath implements Disk, AutoCloseable {
  private static final int REPLY_HEADER_BYTES = 4096;

  private final BlockIndex index;
  private final BlockCache cache;
  private final FetchLanes lanes;
  private final ReadAhead readAhead;
  private final Prefetcher prefetcher;
  private final int blockSizeBytes;

  ReadPath(BlockIndex index, Upstreams upstreams, ReadPathConfig config) {
    this.index = index;
    this.blockSizeBytes = index.blockSizeBytes();
    this.cache = new BlockCache(config.slots(blockSizeBytes), blockSizeBytes);
    this.lanes =
        new FetchLanes(config.onDemandFetches(), () -> new FetchLane(index, upstreams, cache));
    this.readAhead = new ReadAhead(Math.min(config.readAheadBlocks(), cache.slots() / 4));
    cache.reservePins(config.prefetchThreads());
    this.prefetcher =
        new Prefetcher(
            config.prefetchThreads(),
            () -> {
              FetchLane lane = new FetchLane(index, upstreams, cache);
              return number -> fillAhead(number, lane);
            });
  }

  @Override
  public void read(long offset, int length, Reply reply) throws BlockException {
    reply.release();
    if (offset < 0 || length < 0 || length > Reply.MAX_BYTES || offset > lengthBytes() - length) {
      throw new IllegalArgumentException(
          "read of " + length + " bytes at " + offset + " of " + lengthBytes());
    }
    if (length == 0) {
      return;
    }
    int first = (int) (offset / blockSizeBytes);
    int last = (int) ((offset + length - 1) / blockSizeBytes);
    prefetch(readAhead.noteRead(first, last));
    try {
      for (int number = first; number <= last; number++) {
        long blockStart = (long) number * blockSizeBytes;
        int from = (int) Math.max(0, offset - blockStart);
        int to = (int) Math.min(index.plainLength(number), offset + length - blockStart);
        readBlock(number, from, to, reply);
      }
    } catch (BlockException | RuntimeException e) {
      reply.release();
      throw e;
    }
  }

  private void readBlock(int number, int from, int to, Reply reply) throws BlockException {
    if (index.isZeros(number)) {
      reply.appendZeros(to - from);
      return;
    }
    boolean whole = to - from == index.plainLength(number);
    if (whole) {
      int slot = cache.pin(number);
      if (slot >= 0) {
        reply.appendSlot(slot, cache.offset(slot) + from, to - from);
        cache.readToEnd(slot);
      } else {
        // Whoever reads whole blocks keeps them: the kernel's page cache. A slot would hold them
        // twice (HTTP-FUSE-KNOPPIX-BOX found the same).
        fetchInto(number, reply, to);
      }
      return;
    }
    int slot = cache.pinOrClaim(number);
    if (slot < 0) {
      slot = ~slot;
      fill(slot, number);
    }
    reply.appendSlot(slot, cache.offset(slot) + from, to - from);
    if (to == index.plainLength(number)) {
      cache.readToEnd(slot);
    }
  }

  private void fetchInto(int number, Reply reply, int plainLength) throws BlockException {
    FetchLane lane = lanes.acquire();
    try {
      lane.fetchInto(number, reply.room(), reply.appendRoom(plainLength));
    } finally {
      lanes.release(lane);
    }
  }

  private void fill(int slot, int number) throws BlockException {
    boolean filled = false;
    FetchLane lane = lanes.acquire();
    try {
      lane.fillSlot(number, slot);
      filled = true;
    } finally {
      lanes.release(lane);
      if (!filled) {
        cache.failed(slot);
      }
    }
    cache.filled(slot);
  }

  private void prefetch(long range) {
    if (range != 0) {
      int to = (int) Math.min((int) range, index.blockCount());
      prefetcher.prefetch((int) (range >>> 32), to);
    }
  }

  /** A failure is not reported: the reader that needs the block meets it by itself. */
  private void fillAhead(int number, FetchLane lane) {
    if (index.isZeros(number)) {
      return;
    }
    int slot = cache.claimAhead(number);
    if (slot < 0) {
      return;
    }
    boolean filled = false;
    try {
      lane.fillSlot(number, slot);
      filled = true;
    } catch (BlockException onDemandReadTellsIt) {
      // See above.
    } finally {
      if (!filled) {
        cache.failed(slot);
      }
    }
    if (filled) {
      cache.filled(slot);
      cache.unpin(slot);
    }
  }

  @Override
  public String name() {
    return index.image().value();
  }

  @Override
  public long lengthBytes() {
    return index.plainLength();
  }

  @Override
  public int blockSizeBytes() {
    return blockSizeBytes;
  }

  @Override
  public boolean isHole(long offset) {
    return index.isZeros((int) (offset / blockSizeBytes));
  }

  @Override
  public long runEnd(long offset) {
    int number = (int) (offset / blockSizeBytes);
    boolean hole = index.isZeros(number);
    do {
      number++;
    } while (number < index.blockCount() && index.isZeros(number) == hole);
    return Math.min(lengthBytes(), (long) number * blockSizeBytes);
  }

  @Override
  public boolean isCached(long offset, int length) {
    int last = (int) ((offset + Math.max(length, 1) - 1) / blockSizeBytes);
    for (int number = (int) (offset / blockSizeBytes); number <= last; number++) {
      if (!index.isZeros(number) && !cache.holds(number)) {
        return false;
      }
    }
    return true;
  }

  int maxReplies() {
    return cache.unreservedPins() / pinsPerReply();
  }

  /** A read that does not begin with a block touches one more than its length has. */
  private int pinsPerReply() {
    return Reply.MAX_BYTES / blockSizeBytes + 1;
  }

  @Override
  public Reply newReply() {
    cache.reservePins(pinsPerReply());
    return new Reply(REPLY_HEADER_BYTES, cache.memory(), cache::unpin);
  }

  BlockCache cache() {
    return cache;
  }

  @Override
  public void close() {
    prefetcher.close();
  }
}
