package org.kobako.block.format;

/**
 * Which stored block: its name, and how it is stored. A reusable holder, owned by one thread while
 * it is set.
 */
public final class BlockRequest {
  private final BlockDigest digest = new BlockDigest();
  private Codec codec = Codec.NONE;
  private int storedLength;
  private int plainLength;
  private int blockNumber = -1;

  /** Names a block of an image. */
  public void set(BlockIndex index, int number) {
    index.digest(number, digest);
    codec = index.codec(number);
    storedLength = index.storedLength(number);
    plainLength = index.plainLength(number);
    blockNumber = number;
  }

  /** Names the block that another names. */
  public void set(BlockRequest other) {
    digest.set(other.digest);
    codec = other.codec;
    storedLength = other.storedLength;
    plainLength = other.plainLength;
    blockNumber = other.blockNumber;
  }

  /** Whether it names any block yet. */
  public boolean isSet() {
    return blockNumber >= 0;
  }

  public BlockDigest digest() {
    return digest;
  }

  public Codec codec() {
    return codec;
  }

  /** Bytes to fetch, at least 1 and at most the block size. */
  public int storedLength() {
    return storedLength;
  }

  /** Bytes that they decompress to. */
  public int plainLength() {
    return plainLength;
  }

  /** The ordinal in its image, for messages; -1 before the first block. */
  public int blockNumber() {
    return blockNumber;
  }
}
