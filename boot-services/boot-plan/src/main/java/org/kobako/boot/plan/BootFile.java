package org.kobako.boot.plan;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;

/**
 * An open boot file. Its bytes are those it had when it was opened, also if another takes its name
 * meanwhile. Whoever opened it closes it, or its channel, which is the same; one thread at a time.
 *
 * @param bytes to read from; the position is the caller's
 * @param lengthBytes of all of it
 * @param modifiedEpochSeconds its last change; 0 if it was made for the asker
 */
public record BootFile(SeekableByteChannel bytes, long lengthBytes, long modifiedEpochSeconds)
    implements Closeable {

  /** One that was made for the asker. */
  public static BootFile of(byte[] bytes) {
    return new BootFile(new BytesChannel(bytes), bytes.length, 0);
  }

  @Override
  public void close() throws IOException {
    bytes.close();
  }
}
