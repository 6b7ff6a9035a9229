package org.kobako.block.client.mount.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;

/**
 * The sending side of a connection. Several threads answer; its monitor keeps one message whole.
 * Hold it over several sends to make them one message.
 */
final class Outlet {
  private final GatheringByteChannel channel;

  Outlet(GatheringByteChannel channel) {
    this.channel = channel;
  }

  /** Sends buffers in one gathering write if the socket takes them, and waits for it if not. */
  synchronized void send(ByteBuffer[] buffers, int first, int count) throws IOException {
    int end = first + count;
    for (int at = first; at < end; ) {
      if (buffers[at].hasRemaining()) {
        channel.write(buffers, at, end - at);
      } else {
        at++;
      }
    }
  }
}
