package org.kobako.dhcp;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;
import org.kobako.dhcp.service.Destination;

/**
 * Whether an interface is answered: a few bytes come in through its thread, and go back out of port
 * 67. No request would do, as a box's answers go to ports that are not for a user's process.
 */
final class PortCheck {
  private static final int BYTES = Long.BYTES;
  private static final int TRIES = 3;
  private static final int PATIENCE_MS = 1000;

  private PortCheck() {}

  /**
   * Asks, in the thread of whoever wants to know.
   *
   * @throws IOException if no answer came, with the interface
   */
  static void ask(InterfacePorts ports) throws IOException {
    InetSocketAddress there = ports.checkAddress();
    try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(there.getAddress(), 0))) {
      socket.setSoTimeout(PATIENCE_MS);
      for (int i = 0; i < TRIES; i++) {
        long question = ThreadLocalRandom.current().nextLong();
        byte[] bytes = ByteBuffer.allocate(BYTES).putLong(question).array();
        socket.send(new DatagramPacket(bytes, BYTES, there));
        if (isAnswered(socket, question)) {
          return;
        }
      }
    }
    throw new IOException("no answer on " + ports.where().name() + ", asked " + TRIES + " times");
  }

  private static boolean isAnswered(DatagramSocket socket, long question) throws IOException {
    DatagramPacket answer = new DatagramPacket(new byte[BYTES], BYTES);
    try {
      socket.receive(answer);
    } catch (SocketTimeoutException silence) {
      return false;
    }
    return answer.getPort() == Destination.SERVER_PORT
        && answer.getLength() == BYTES
        && ByteBuffer.wrap(answer.getData()).getLong() == question;
  }

  /** Answers, in the interface's thread: nobody but the box itself. */
  static void answer(ByteBuffer datagram, InetSocketAddress remote, InterfacePorts ports) {
    InetSocketAddress own = ports.checkAddress();
    if (remote.getAddress().equals(own.getAddress()) && datagram.remaining() == BYTES) {
      ByteBuffer echo = ByteBuffer.allocate(BYTES).put(datagram).flip();
      Destination back = new Destination(ports.where().address(), remote.getPort());
      ports.send(Destination.SERVER_PORT, echo, back);
    }
  }
}
