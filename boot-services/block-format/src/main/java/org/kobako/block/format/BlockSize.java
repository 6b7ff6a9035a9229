package org.kobako.block.format;

/** Plain bytes of every block of an image but the last: a power of two from 64 KiB to 1 MiB. */
public final class BlockSize {
  public static final int MIN_BYTES = 64 << 10;
  public static final int MAX_BYTES = 1 << 20;

  /** 128 KiB: with 256 KiB the best of the paper's measurements (HTTP-FUSE-KNOPPIX-BOX). */
  public static final int DEFAULT_BYTES = 128 << 10;

  private BlockSize() {}

  public static boolean isValid(long bytes) {
    return bytes >= MIN_BYTES && bytes <= MAX_BYTES && Long.bitCount(bytes) == 1;
  }

  /** Blocks that hold so many plain bytes. */
  public static long blocksOf(long plainLength, int blockSizeBytes) {
    return plainLength / blockSizeBytes + (plainLength % blockSizeBytes == 0 ? 0 : 1);
  }
}
