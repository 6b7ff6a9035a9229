package org.kobako.caching.proxy.fetch;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Where the bytes of a fetch lie while they come, for all who follow it. Guarded by its {@link
 * Fetch}, but for the reading of a piece.
 */
sealed interface Spool permits MemorySpool, FileSpool {
  /** Takes in the bytes that come next, from position to limit. */
  void append(ByteBuffer bytes);

  /** So many bytes are here. */
  long length();

  /** Whether the bytes from this offset on are still here. */
  boolean reaches(long offset);

  /**
   * Bytes from an offset on, at least one and not beyond a limit.
   *
   * @param own of the caller, to read into where the bytes lie on a disk
   * @throws IOException if they cannot be read
   */
  ByteBuffer piece(long offset, long limit, ByteBuffer own) throws IOException;

  /** Whether a fetch that begins anew has brought the same bytes up to here. */
  boolean equals(long offset, ByteBuffer bytes);

  /** Takes back what lies behind an offset, which nobody has read. */
  void truncate(long offset);

  /** SHA-256 of all of it, in hexadecimal; null if it is not all here. */
  @Nullable String digestHex();

  /** Nobody reads it any more. */
  void close();
}
