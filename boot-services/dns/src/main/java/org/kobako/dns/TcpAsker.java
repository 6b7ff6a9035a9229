package org.kobako.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * One connection over which questions come, each behind its length (RFC 1035 section 4.2.2), any
 * number in a row, answered in the order in which answers are found (RFC 7766). Used by the DNS's
 * own thread.
 */
final class TcpAsker {
  /** No question is longer, with all options that there are. */
  static final int MAX_QUERY_BYTES = 2048;

  /** Who does not read the answers is not read from. */
  private static final int MAX_UNANSWERED = 16;

  /** Takes a whole question. */
  interface Questions {
    void ask(byte[] query, TcpAsker asker);
  }

  private final SelectionKey key;
  private final SocketChannel channel;
  private final InetAddress address;
  private final ByteBuffer input = ByteBuffer.allocate(Short.BYTES + MAX_QUERY_BYTES);
  private final Queue<ByteBuffer> answers = new ArrayDeque<>();
  private int unanswered;
  private boolean saidAll;
  private long heardNs;

  TcpAsker(SelectionKey key, SocketChannel channel, long nowNs) throws IOException {
    this.key = key;
    this.channel = channel;
    this.address = ((InetSocketAddress) channel.getRemoteAddress()).getAddress();
    this.heardNs = nowNs;
  }

  InetAddress address() {
    return address;
  }

  /** When something came last. */
  long heardNs() {
    return heardNs;
  }

  /**
   * Reads what is there, and hands on each whole question.
   *
   * @throws IOException if the connection is at its end, or what comes is no DNS
   */
  void read(Questions questions, long nowNs) throws IOException {
    heardNs = nowNs;
    saidAll |= channel.read(input) < 0;
    input.flip();
    while (unanswered < MAX_UNANSWERED && input.remaining() >= Short.BYTES) {
      int length = Short.toUnsignedInt(input.getShort(input.position()));
      if (length > MAX_QUERY_BYTES) {
        throw new IOException("a question of " + length + " bytes");
      }
      if (input.remaining() < Short.BYTES + length) {
        break;
      }
      byte[] query = new byte[length];
      input.getShort();
      input.get(query);
      unanswered++;
      questions.ask(query, this);
    }
    input.compact();
    endOrWait();
  }

  /** Sends an answer, as far as the connection takes it now. */
  void answer(byte[] answer) throws IOException {
    unanswered--;
    answers.add(
        ByteBuffer.allocate(Short.BYTES + answer.length)
            .putShort((short) answer.length)
            .put(answer)
            .flip());
    write();
  }

  /** Goes on sending. */
  void write() throws IOException {
    while (!answers.isEmpty()) {
      ByteBuffer first = answers.element();
      channel.write(first);
      if (first.hasRemaining()) {
        break;
      }
      answers.remove();
    }
    endOrWait();
  }

  private void endOrWait() throws IOException {
    if (saidAll && unanswered == 0 && answers.isEmpty()) {
      throw new IOException("all is said");
    }
    boolean mayRead = !saidAll && unanswered < MAX_UNANSWERED;
    key.interestOps(
        (mayRead ? SelectionKey.OP_READ : 0) | (answers.isEmpty() ? 0 : SelectionKey.OP_WRITE));
  }

  void close() {
    key.cancel();
    try {
      channel.close();
    } catch (IOException ignored) {
      // It is gone either way.
    }
  }
}
