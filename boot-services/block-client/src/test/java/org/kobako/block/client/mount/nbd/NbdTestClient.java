package org.kobako.block.client.mount.nbd;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** A client that speaks byte by byte, and can misbehave. */
final class NbdTestClient implements AutoCloseable {
  private final SocketChannel channel;
  private final DataInputStream in;

  NbdTestClient(NbdServer server) throws IOException {
    SocketAddress address =
        switch (server.address()) {
          case NbdAddress.Tcp(String host, int port) -> new InetSocketAddress(host, port);
          case NbdAddress.UnixSocket socket -> UnixDomainSocketAddress.of(socket.path());
        };
    this.channel = SocketChannel.open(address);
    this.in = new DataInputStream(Channels.newInputStream(channel));
  }

  /** A client that is ready to read. */
  static NbdTestClient transmitting(NbdServer server, boolean structuredReplies)
      throws IOException {
    NbdTestClient client = new NbdTestClient(server);
    client.greet();
    if (structuredReplies) {
      client.option(Negotiation.OPT_STRUCTURED_REPLY, new byte[0]);
      client.skip(Negotiation.OPTION_REPLY_BYTES);
    }
    client.option(Negotiation.OPT_EXPORT_NAME, MemoryDisk.NAME.getBytes(StandardCharsets.US_ASCII));
    client.skip(8 + 2);
    return client;
  }

  SocketChannel channel() {
    return channel;
  }

  /** What the server sends. */
  DataInputStream in() {
    return in;
  }

  void skip(int bytes) throws IOException {
    in.readFully(new byte[bytes]);
  }

  void greet() throws IOException {
    skip(8 + 8 + 2);
    send(ByteBuffer.allocate(4).putInt(Negotiation.FIXED_NEWSTYLE | Negotiation.NO_ZEROES).flip());
  }

  void option(int option, byte[] data) throws IOException {
    send(Messages.option(option, data));
  }

  void read(long cookie, long offset, int length) throws IOException {
    send(Messages.request(0, 0, cookie, offset, length));
  }

  void send(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Takes what is left and waits until the server hangs up. */
  void awaitHangUp() {
    try {
      in.skipNBytes(Long.MAX_VALUE);
    } catch (IOException hungUp) {
      // the end of the stream, or a reset where the server had not read everything
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
