package org.kobako.block.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** An open file and what is known of it. */
final class ServedFile implements AutoCloseable {
  /**
   * The trailer of a signed file (FORMAT.md), which has a digest of all before it; of a {@code
   * current} file and a boot script, everything.
   */
  private static final int TAIL_BYTES = 136;

  private final FileFacts facts;
  private @Nullable SeekableByteChannel channel;

  ServedFile(SeekableByteChannel channel, FileFacts facts) {
    this.channel = channel;
    this.facts = facts;
  }

  /**
   * A name of the content: its length, and 64 bits of sums over its end. They tell versions apart,
   * and trust nobody; a digest would bring the JDK's security providers, 1 MB of a small box's
   * memory. Not made of the time of the last change: a store inside a firmware has one time for all
   * its files, in every release.
   *
   * @param channel whose position moves
   */
  static String tag(SeekableByteChannel channel, long length) throws IOException {
    ByteBuffer tail = ByteBuffer.allocate((int) Math.min(TAIL_BYTES, length));
    channel.position(length - tail.capacity());
    while (tail.hasRemaining()) {
      if (channel.read(tail) < 0) {
        throw new IOException("the file shrinks");
      }
    }
    CRC32 crc = new CRC32();
    CRC32C other = new CRC32C();
    crc.update(tail.array());
    other.update(tail.array());
    return Long.toHexString(length)
        + "-"
        + Long.toHexString(crc.getValue() << Integer.SIZE | other.getValue());
  }

  FileFacts facts() {
    return facts;
  }

  /** Hands the channel to an owner who closes it; {@link #close} does nothing from then on. */
  SeekableByteChannel takeChannel() {
    SeekableByteChannel taken = Objects.requireNonNull(channel, "taken already");
    channel = null;
    return taken;
  }

  @Override
  public void close() {
    if (channel != null) {
      closeQuietly(channel);
      channel = null;
    }
  }

  /** Of a file that was only read nothing can be lost in closing. */
  static void closeQuietly(SeekableByteChannel channel) {
    try {
      channel.close();
    } catch (IOException nothingLost) {
      // The descriptor is free all the same (close(2)).
    }
  }
}
