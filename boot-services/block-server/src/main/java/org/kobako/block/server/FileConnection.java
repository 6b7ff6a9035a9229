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
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
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

  /** More than Jetty takes for the head of a request: who has sent so much sends a body. */
  private static final int HEAD_BYTES = 4 << 10;

  private final Crowd crowd;
  private @Nullable Part part;
  private volatile @Nullable StoreConnection lender;

  /** Received since the last answer, up to what a head may have. */
  private volatile int askedBytes;

  /** Counts on from the least when it is at the most; not a long, which tears on some VMs. */
  private volatile int sentBytes;

  /** Bytes that are to be sent: {@code standIn} says how many, and is what Jetty knows. */
  private record Part(FileChannel file, long endOffset, ByteBuffer standIn) {
    long offset() {
      return endOffset - standIn.remaining();
    }
  }

  /** Leaves the crowd when it is closed. */
  FileConnection(
      SocketChannel channel,
      ManagedSelector selector,
      SelectionKey key,
      Scheduler scheduler,
      Crowd crowd) {
    super(channel, selector, key, scheduler);
    this.crowd = crowd;
  }

  @Override
  public void onClose(@Nullable Throwable cause) {
    super.onClose(cause);
    crowd.leave(this);
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
   * Whoever it is upgraded to next has it for one answer, to a request that has been read to its
   * end. If he reads another request himself, he keeps it.
   */
  void lend(StoreConnection connection) {
    lender = connection;
  }

  @Override
  public void fillInterested(Callback callback) {
    StoreConnection owner = lender;
    if (owner == null || askedBytes > 0) {
      super.fillInterested(callback);
    } else {
      lender = null;
      upgrade(owner);
    }
  }

  /** Whether it has been answered, or never asked, and waits. */
  boolean isIdle() {
    return isFillInterested() && askedBytes == 0;
  }

  /** Whether a head has begun, and more of it is awaited. */
  boolean isAsking() {
    return isFillInterested() && askedBytes > 0 && askedBytes < HEAD_BYTES;
  }

  /** Whether there is more to send than the socket takes. */
  boolean isSending() {
    return getWriteFlusher().isPending();
  }

  /** All that it has sent so far; only differences count. */
  int sentBytes() {
    return sentBytes;
  }

  @Override
  public int fill(ByteBuffer buffer) throws IOException {
    int length = super.fill(buffer);
    if (length > 0) {
      lender = null;
      askedBytes = Math.min(HEAD_BYTES, askedBytes + length);
    }
    return length;
  }

  /**
   * Writes what the socket takes.
   *
   * @return whether that was all
   */
  @Override
  public boolean flush(ByteBuffer... buffers) throws IOException {
    long before = BufferUtil.remaining(buffers);
    boolean all = send(buffers);
    int sent = (int) (before - BufferUtil.remaining(buffers));
    if (sent > 0) {
      sentBytes = sentBytes + sent; // only one thread writes at a time
    }
    if (all) {
      askedBytes = 0;
    }
    return all;
  }

  private boolean send(ByteBuffer... buffers) throws IOException {
    for (int i = 0; i < buffers.length; i++) {
      if (standsForAFile(buffers[i])) {
        return (i == 0 || super.flush(Arrays.copyOf(buffers, i)))
            && sendFile(buffers[i])
            && send(Arrays.copyOfRange(buffers, i + 1, buffers.length));
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
