package org.kobako.block.format.codec.heap;

import org.kobako.block.format.CorruptBlockException;

/**
 * A decoder in Java over arrays, so that the worst that bad input can do is an index out of bounds.
 * Both arrays may be longer than what is used of them. An instance belongs to one thread.
 */
@FunctionalInterface
public interface HeapDecoder {
  /**
   * Decodes the first {@code storedLength} bytes, all of them.
   *
   * @return plain bytes written from the array's first on, at most {@code plainLength}
   * @throws CorruptBlockException if the stored bytes are malformed, are not used up or would give
   *     more than that
   * @throws IndexOutOfBoundsException for the same reason
   */
  int decode(byte[] stored, int storedLength, byte[] plain, int plainLength)
      throws CorruptBlockException;
}
