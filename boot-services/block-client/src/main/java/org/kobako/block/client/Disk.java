package org.kobako.block.client;

import java.io.IOException;

/** The plain bytes of an image, as a mount shows them to the kernel. Read-only. */
public interface Disk {
  /** The image's name: the file's name below a FUSE mount, the export's name on NBD. */
  String name();

  long lengthBytes();

  /** Bytes per block: reads of whole, aligned blocks take the shortest way. */
  int blockSizeBytes();

  /** Whether the byte at an offset lies in a block of zeros. */
  boolean isHole(long offset);

  /** First offset after {@code offset} where data begin or end, at most {@link #lengthBytes}. */
  long runEnd(long offset);

  /**
   * Whether a read of this range would likely be answered from memory, without waiting for the
   * network. A hint: by it a mount chooses the thread that reads.
   */
  default boolean isCached(long offset, int length) {
    return false;
  }

  /** A reply for the calling thread, to use for all its reads. */
  Reply newReply();

  /**
   * Reads plain bytes. Any number of threads at once, each with its own reply; waits for the
   * network where it must. Nothing is allocated in steady state.
   *
   * @param offset within the disk
   * @param length at most {@link Reply#MAX_BYTES}, and within the disk
   * @param reply holds the bytes afterwards; the caller releases it when they are sent
   * @throws IOException if no source has a sound copy of a block; the reply is released then
   */
  void read(long offset, int length, Reply reply) throws IOException;
}
