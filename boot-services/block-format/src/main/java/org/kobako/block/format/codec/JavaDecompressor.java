package org.kobako.block.format.codec;

import org.kobako.block.format.CorruptBlockException;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.block.format.codec.heap.HeapDecoder;

/**
 * A form that is safe on every VM and byte order: bulk copy to an array, decode there, bulk copy
 * back. The target is written only when the block has decoded to its whole length.
 */
final class JavaDecompressor extends BoundedDecompressor {
  private final HeapDecoder decoder;
  private final HeapScratch scratch;

  JavaDecompressor(HeapDecoder decoder, HeapScratch scratch) {
    this.decoder = decoder;
    this.scratch = scratch;
  }

  @Override
  long decode(
      OffHeapBuffer stored, int storedLength, OffHeapBuffer plain, int plainOffset, int plainLength)
      throws CorruptBlockException {
    byte[] from = scratch.stored(storedLength);
    byte[] to = scratch.plain(plainLength);
    stored.bytes().get(0, from, 0, storedLength);
    int length;
    try {
      length = decoder.decode(from, storedLength, to, plainLength);
    } catch (IndexOutOfBoundsException e) {
      throw new CorruptBlockException("malformed stored bytes: " + e.getMessage(), e);
    }
    if (length == plainLength) {
      plain.bytes().put(plainOffset, to, 0, plainLength);
    }
    return length;
  }

  @Override
  public String describe() {
    return "pure Java";
  }
}
