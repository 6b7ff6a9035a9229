package org.kobako.block.client;

import org.kobako.block.client.cache.BlockCache;
import org.kobako.block.client.fetch.Upstreams;
import org.kobako.block.format.BlockException;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.FetchedBlock;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.block.format.codec.Codecs;
import org.kobako.block.format.codec.Decompressors;
import org.kobako.block.format.digest.Digester;
import org.kobako.block.format.digest.Digesters;

/** What one thread needs for a fetch: staging buffer, digester, codecs. Owned by that thread. */
final class FetchLane {
  private final BlockIndex index;
  private final Upstreams upstreams;
  private final BlockCache cache;
  private final OffHeapBuffer slots;
  private final FetchedBlock block;
  private final Digester digester = Digesters.newDigester();
  private final Decompressors decompressors = Codecs.newDecompressors();

  FetchLane(BlockIndex index, Upstreams upstreams, BlockCache cache) {
    this.index = index;
    this.upstreams = upstreams;
    this.cache = cache;
    this.slots = cache.memory().alias();
    this.block = new FetchedBlock(index.blockSizeBytes());
  }

  /** The same into a slot that this thread claimed. */
  void fillSlot(int blockNumber, int slot) throws BlockException {
    fetchInto(blockNumber, slots, cache.offset(slot));
  }

  /** Fetch, verify, decompress: the plain bytes of a block at an offset of a buffer. */
  void fetchInto(int blockNumber, OffHeapBuffer plain, int plainOffset) throws BlockException {
    block.request(index, blockNumber);
    upstreams.fetchVerified(block, digester).decompressInto(decompressors, plain, plainOffset);
  }
}
