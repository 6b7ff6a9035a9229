package org.kobako.block.format;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;

/**
 * An open regular file of a {@link FileJail}.
 *
 * @param channel open to be read
 * @param lengthBytes when it was opened
 * @param modifiedEpochSeconds its last change
 */
public record JailedFile(FileChannel channel, long lengthBytes, long modifiedEpochSeconds)
    implements Closeable {
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
