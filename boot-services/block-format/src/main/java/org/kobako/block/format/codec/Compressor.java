package org.kobako.block.format.codec;

import org.kobako.block.format.OffHeapBuffer;

/** Plain bytes to stored bytes, off-heap to off-heap. An instance belongs to one thread. */
public interface Compressor extends AutoCloseable {
  /** Answer of {@link #compress} where the result would not be shorter than the plain bytes. */
  int DOES_NOT_SHRINK = -1;

  /**
   * Compresses the first {@code plainLength} bytes of {@code plain} to the start of {@code stored},
   * whose capacity is at least {@link #storedCapacity} of that length. The same input gives the
   * same bytes. Positions and limits of both buffers are used and put back.
   *
   * @return bytes written, fewer than {@code plainLength}, or {@link #DOES_NOT_SHRINK}
   */
  int compress(OffHeapBuffer plain, int plainLength, OffHeapBuffer stored);

  /** Room that {@link #compress} needs for so many plain bytes, in bytes. */
  int storedCapacity(int plainLength);

  /** Which form this is, for people. */
  String describe();

  @Override
  void close();
}
