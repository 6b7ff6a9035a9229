package org.kobako.block.format.codec.heap;

/** An encoder in Java over arrays. An instance belongs to one thread. */
public interface HeapEncoder {
  /**
   * Encodes the first {@code plainLength} bytes into an array that has room for the worst case.
   *
   * @return stored bytes written from the array's first on
   */
  int encode(byte[] plain, int plainLength, byte[] stored);

  /** The worst case, in bytes. */
  int storedCapacity(int plainLength);
}
