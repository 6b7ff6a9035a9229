package org.kobako.block.format.codec;

import org.kobako.block.format.OffHeapBuffer;
import org.kobako.block.format.codec.heap.HeapEncoder;

/**
 * A form that is safe on every VM and byte order: bulk copy in, encode on arrays, bulk copy out.
 */
final class JavaCompressor extends BoundedCompressor {
  private final HeapEncoder encoder;
  private final HeapScratch scratch = new HeapScratch();

  JavaCompressor(HeapEncoder encoder) {
    this.encoder = encoder;
  }

  @Override
  long encode(OffHeapBuffer plain, int plainLength, OffHeapBuffer stored) {
    byte[] from = scratch.plain(plainLength);
    byte[] to = scratch.stored(storedCapacity(plainLength));
    plain.bytes().get(0, from, 0, plainLength);
    int length = encoder.encode(from, plainLength, to);
    stored.bytes().put(0, to, 0, length);
    return length;
  }

  @Override
  public int storedCapacity(int plainLength) {
    return encoder.storedCapacity(plainLength);
  }

  @Override
  public String describe() {
    return "pure Java level 1";
  }
}
