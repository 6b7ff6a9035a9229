package org.kobako.block.server;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose files go from the page cache into the socket by the kernel alone: sendfile(2).
 * Jetty knows buffers only, so it is given one that stands for a part of a file, and that nobody
 * looks into: where the connection is to write that buffer, it sends the file's bytes instead.
 */
final class FileConnection extends SocketChannelEndPoint {
  /** A stored block of the usual size, and what it may grow by. */
  static final int MAX_PIECE_BYTES = 132 << 10;

  private static final byte[] NOBODY_LOOKS = new byte[MAX_PIECE_BYTES];

  private @Nullable Part part;

  /** Bytes that are to be sent: {@code standIn} says how many, and is what Jetty knows. */
  private record Part(FileChannel file, long endOffset, ByteBuffer standIn) {
    long offset() {
      return endOffset - standIn.remaining();
    }
  }

  FileConnection(
      SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler) {
    super(channel, selector, key, scheduler);
  }

  /**
   * A buffer that stands for a part of a file. To be written to this connection, whole, before the
   * next is made; the file stays open until then.
   *
   * @param length at most {@link #MAX_PIECE_BYTES}
   */
  ByteBuffer standIn(FileChannel file, long offset, int length) {
    ByteBuffer standIn = ByteBuffer.wrap(NOBODY_LOOKS, 0, length);
    part = new Part(file, offset + length, standIn);
    return standIn;
  }

  /**
   * Writes what the socket takes.
   *
   * @return whether that was all
   */
  @Override
  public boolean flush(ByteBuffer... buffers) throws IOException {
    for (int i = 0; i < buffers.length; i++) {
      if (standsForAFile(buffers[i])) {
        return (i == 0 || super.flush(Arrays.copyOf(buffers, i)))
            && sendFile(buffers[i])
            && flush(Arrays.copyOfRange(buffers, i + 1, buffers.length));
      }
    }
    return super.flush(buffers);
  }

  private static boolean standsForAFile(ByteBuffer buffer) {
    return buffer.hasRemaining() && buffer.hasArray() && buffer.array() == NOBODY_LOOKS;
  }

  private boolean sendFile(ByteBuffer standIn) throws IOException {
    Part sending = part;
    if (sending == null || sending.standIn != standIn) {
      throw new IllegalStateException("a buffer that stands for a file was copied on its way");
    }
    while (standIn.hasRemaining()) {
      long sent = sending.file.transferTo(sending.offset(), standIn.remaining(), getChannel());
      if (sent == 0) {
        if (sending.file.size() <= sending.offset()) {
          throw new EOFException("a file ends early");
        }
        return false;
      }
      standIn.position(standIn.position() + (int) sent);
      notIdle();
    }
    return true;
  }
}
