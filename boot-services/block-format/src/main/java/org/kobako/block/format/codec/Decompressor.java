package org.kobako.block.format.codec;

import org.kobako.block.format.CorruptBlockException;
import org.kobako.block.format.OffHeapBuffer;

/** Stored bytes to plain bytes, off-heap to off-heap. An instance belongs to one thread. */
public interface Decompressor {
  /**
   * Writes exactly {@code plainLength} bytes at {@code plainOffset} and never a byte beyond,
   * whatever the stored bytes are; after an exception the target's content is undefined.
   *
   * <p>Positions and limits of both buffers are used and put back: threads that fill parts of the
   * same memory come with an {@link OffHeapBuffer#alias} each.
   *
   * @param storedLength bytes used of {@code stored}, from its first
   * @throws CorruptBlockException if the stored bytes do not decode to exactly that length, or are
   *     not used up by it
   */
  void decompress(
      OffHeapBuffer stored, int storedLength, OffHeapBuffer plain, int plainOffset, int plainLength)
      throws CorruptBlockException;

  /** Which form this is, for people: {@code libzstd 1.5.4} or {@code pure Java}. */
  String describe();
}
