package org.kobako.block.client;

/**
 * What the read path may use.
 *
 * @param cacheBytes memory of the block cache, 1 MiB to 1 GiB
 * @param onDemandFetches fetches that readers wait for, at once; each has a staging buffer
 * @param prefetchThreads fetches that nobody waits for yet, at once; the same
 * @param readAheadBlocks most blocks ahead of a sequential reader; 0 for none
 */
public record ReadPathConfig(
    long cacheBytes, int onDemandFetches, int prefetchThreads, int readAheadBlocks) {
  public static final long MIN_CACHE_BYTES = 1L << 20;
  public static final long MAX_CACHE_BYTES = 1L << 30;
  public static final int MAX_FETCHES = 64;
  public static final int MAX_READ_AHEAD_BLOCKS = 128;

  /** 64 MiB of slots, 8 fetches on demand, 4 ahead, up to 16 blocks ahead of a reader. */
  public static final ReadPathConfig DEFAULT = new ReadPathConfig(64L << 20, 8, 4, 16);

  public ReadPathConfig {
    requireRange("cache", cacheBytes, MIN_CACHE_BYTES, MAX_CACHE_BYTES);
    requireRange("on-demand fetches", onDemandFetches, 1, MAX_FETCHES);
    requireRange("prefetch threads", prefetchThreads, 1, MAX_FETCHES);
    requireRange("read-ahead", readAheadBlocks, 0, MAX_READ_AHEAD_BLOCKS);
  }

  private static void requireRange(String what, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          what + " of " + value + " is refused: expected " + min + "-" + max);
    }
  }

  int slots(int blockSizeBytes) {
    return (int) Math.max(2, cacheBytes / blockSizeBytes);
  }
}
