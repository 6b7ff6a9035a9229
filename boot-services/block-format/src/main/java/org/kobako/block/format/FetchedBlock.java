package org.kobako.block.format;

import org.jspecify.annotations.Nullable;
import org.kobako.block.format.digest.Digester;

/**
 * Stored bytes as they came, trusted by nobody yet, and the staging buffer that they came into.
 *
 * <p>Reusable and owned by one thread: {@link #request} names a block, a {@link BlockSource} fills
 * the staging buffer, {@link #verify} hands out the only thing that a codec takes.
 */
public final class FetchedBlock {
  private final OffHeapBuffer staging;
  private final BlockRequest request = new BlockRequest();
  private final BlockDigest actual = new BlockDigest();
  private final VerifiedBlock verified = new VerifiedBlock(this);

  /** A block whose staging buffer holds any stored block of an image of this block size. */
  public FetchedBlock(int blockSizeBytes) {
    this.staging = OffHeapBuffer.allocate(blockSizeBytes);
  }

  /** Names the block to fetch next; what was verified before is void from here on. */
  public void request(BlockIndex index, int number) {
    verified.revoke();
    request.set(index, number);
  }

  /** The same for a block that is named already. */
  public void request(BlockRequest block) {
    verified.revoke();
    request.set(block);
  }

  /** The block asked for, read-only for the caller, who copies what is to last. */
  public BlockRequest requested() {
    return request;
  }

  /** The buffer that a source writes, from its first byte. */
  public OffHeapBuffer staging() {
    return staging;
  }

  /** The name of the block asked for. */
  public BlockDigest expected() {
    return request.digest();
  }

  /** Bytes to fetch, at least 1 and at most the block size. */
  public int storedLength() {
    return request.storedLength();
  }

  /** Bytes that they decompress to. */
  public int plainLength() {
    return request.plainLength();
  }

  public Codec codec() {
    return request.codec();
  }

  /** The ordinal in its image, for messages; -1 before the first request. */
  public int blockNumber() {
    return request.blockNumber();
  }

  /**
   * Digests the staging buffer.
   *
   * @return the same bytes, trusted until the next {@link #request}
   * @throws CorruptBlockException if they are not the block asked for
   */
  public VerifiedBlock verify(Digester digester) throws CorruptBlockException {
    digester.digest(staging, storedLength(), actual);
    if (!actual.sameAs(expected())) {
      throw new CorruptBlockException(
          "block "
              + blockNumber()
              + ": expected digest "
              + expected()
              + ", its "
              + storedLength()
              + " bytes have "
              + actual);
    }
    return verified.grant();
  }

  /** For a source that finds the wrong number of bytes. */
  public CorruptBlockException wrongLength(long actualLength, @Nullable String where) {
    return new CorruptBlockException(
        "block "
            + blockNumber()
            + " ("
            + expected()
            + "): expected "
            + storedLength()
            + " stored bytes, found "
            + actualLength
            + (where == null ? "" : " at " + where));
  }
}
