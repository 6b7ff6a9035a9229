package org.kobako.boot.plan;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;

/**
 * An open boot file. Its bytes are those it had when it was opened, also if another takes its name
 * meanwhile. Whoever opened it closes it; one thread at a time.
 */
public interface BootFile extends AutoCloseable {
  long lengthBytes();

  /** Its last change, in seconds since 1970; 0 if it was made for the asker. */
  long modifiedEpochSeconds();

  /** Its bytes; the position is the caller's. */
  SeekableByteChannel bytes();

  @Override
  void close() throws IOException;
}
