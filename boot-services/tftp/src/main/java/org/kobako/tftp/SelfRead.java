package org.kobako.tftp;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.kobako.boot.plan.BootFileName;

/** Reads a file of one packet from the box's own port, as the simplest machine does (RFC 1350). */
final class SelfRead {
  private static final int TRIES = 3;
  private static final int PATIENCE_MS = 1000;

  private SelfRead() {}

  /**
   * The file's bytes.
   *
   * @throws IOException if no such answer came, with the reason
   */
  static byte[] read(InetSocketAddress server, BootFileName name) throws IOException {
    InetAddress from =
        server.getAddress().isAnyLocalAddress()
            ? InetAddress.getLoopbackAddress()
            : server.getAddress();
    try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(from, 0))) {
      socket.setSoTimeout(PATIENCE_MS);
      for (int i = 0; i < TRIES; i++) {
        send(socket, request(name), new InetSocketAddress(from, server.getPort()));
        DatagramPacket answer = receive(socket);
        if (answer != null) {
          return dataOf(socket, answer);
        }
      }
    }
    throw new IOException("no answer on port " + server.getPort() + ", asked " + TRIES + " times");
  }

  private static ByteBuffer request(BootFileName name) {
    byte[] text = (name + "\0octet\0").getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(Packet.TEXT_OFFSET + text.length)
        .putShort((short) Packet.RRQ)
        .put(text)
        .flip();
  }

  private static byte[] dataOf(DatagramSocket socket, DatagramPacket answer) throws IOException {
    ByteBuffer packet = ByteBuffer.wrap(answer.getData(), 0, answer.getLength());
    if (Packet.opcode(packet) != Packet.DATA || Packet.number(packet) != 1) {
      throw new IOException("the answer is no data, but of kind " + Packet.opcode(packet));
    }
    ByteBuffer ack = ByteBuffer.allocate(Packet.DATA_OFFSET);
    send(
        socket,
        ack.putShort((short) Packet.ACK).putShort((short) 1).flip(),
        (InetSocketAddress) answer.getSocketAddress());
    return Arrays.copyOfRange(packet.array(), Packet.DATA_OFFSET, packet.limit());
  }

  private static @Nullable DatagramPacket receive(DatagramSocket socket) throws IOException {
    int capacity = Packet.DATA_OFFSET + Packet.DEFAULT_DATA_BYTES;
    DatagramPacket answer = new DatagramPacket(new byte[capacity], capacity);
    try {
      socket.receive(answer);
      return answer;
    } catch (SocketTimeoutException silence) {
      return null;
    }
  }

  private static void send(DatagramSocket socket, ByteBuffer bytes, InetSocketAddress to)
      throws IOException {
    socket.send(new DatagramPacket(bytes.array(), bytes.limit(), to));
  }
}
