package org.kobako.block.format;

import org.kobako.block.format.codec.Decompressors;

/**
 * Stored bytes whose digest is their name: the only input of a codec. Made by {@link
 * FetchedBlock#verify} alone, void after the next request on the same staging buffer.
 */
public final class VerifiedBlock {
  private final FetchedBlock fetched;
  private boolean granted;

  VerifiedBlock(FetchedBlock fetched) {
    this.fetched = fetched;
  }

  VerifiedBlock grant() {
    granted = true;
    return this;
  }

  void revoke() {
    granted = false;
  }

  /** The stored bytes, read-only for the caller, from the buffer's first byte. */
  public OffHeapBuffer stored() {
    return requireGranted().staging();
  }

  public int storedLength() {
    return requireGranted().storedLength();
  }

  /**
   * Writes the plain bytes, exactly {@link FetchedBlock#plainLength} of them, and never a byte
   * beyond; after an exception the target's content is undefined.
   *
   * @param decompressors the calling thread's own
   * @throws CorruptBlockException if the bytes, though the packer's, do not decode to that length
   */
  public void decompressInto(Decompressors decompressors, OffHeapBuffer plain, int plainOffset)
      throws CorruptBlockException {
    FetchedBlock block = requireGranted();
    decompressors
        .of(block.codec())
        .decompress(block.staging(), block.storedLength(), plain, plainOffset, block.plainLength());
  }

  private FetchedBlock requireGranted() {
    if (!granted) {
      throw new IllegalStateException("this block was verified for an earlier request");
    }
    return fetched;
  }
}
