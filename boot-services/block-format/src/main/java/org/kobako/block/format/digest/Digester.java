package org.kobako.block.format.digest;

import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.OffHeapBuffer;

/** SHA-256 over off-heap bytes, without allocation. An instance belongs to one thread. */
public interface Digester {
  /** Digests the first {@code length} bytes of {@code bytes} into {@code into}. */
  default void digest(OffHeapBuffer bytes, int length, BlockDigest into) {
    begin();
    update(bytes, length);
    end(into);
  }

  /** Begins a digest of bytes that come in pieces, and forgets one that was not ended. */
  void begin();

  /** Adds the first {@code length} bytes of {@code bytes}. */
  void update(OffHeapBuffer bytes, int length);

  /** The digest of all pieces since {@link #begin}. */
  void end(BlockDigest into);

  /** Which form this is, for people: {@code libcrypto 3.0.16} or {@code jdk}. */
  String describe();
}
