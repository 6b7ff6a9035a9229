package org.kobako.block.client.mount.nbd;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;

/** A socket's sending side that keeps what is sent. */
final class SentBytes implements GatheringByteChannel {
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private int mostAtATime = Integer.MAX_VALUE;

  void takeAtMost(int bytes) {
    mostAtATime = bytes;
  }

  /** What was sent since the last time. */
  byte[] take() {
    byte[] bytes = sent.toByteArray();
    sent.reset();
    return bytes;
  }

  @Override
  public int write(ByteBuffer buffer) {
    return (int) write(new ByteBuffer[] {buffer}, 0, 1);
  }

  @Override
  public long write(ByteBuffer[] buffers) {
    return write(buffers, 0, buffers.length);
  }

  @Override
  public long write(ByteBuffer[] buffers, int first, int count) {
    int left = mostAtATime;
    for (int i = first; i < first + count; i++) {
      byte[] part = new byte[Math.min(left, buffers[i].remaining())];
      buffers[i].get(part);
      sent.writeBytes(part);
      left -= part.length;
    }
    return mostAtATime - left;
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}
