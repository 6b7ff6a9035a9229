package org.kobako.block.format.digest;

import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.OffHeapBuffer;

/** SHA-256 over off-heap bytes, without allocation. An instance belongs to one thread. */
public interface Digester {
  /** Digests the first {@code length} bytes of {@code bytes} into {@code into}. */
  void digest(OffHeapBuffer bytes, int length, BlockDigest into);

  /** Which form this is, for people: {@code libcrypto 3.0.16} or {@code jdk}. */
  String describe();
}
