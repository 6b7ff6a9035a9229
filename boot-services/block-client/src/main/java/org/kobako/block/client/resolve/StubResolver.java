package org.kobako.block.client.resolve;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Asks DNS servers for a name's addresses, by UDP, in turn: one that does not answer within 300 ms
 * is passed over, in a second round within 600. That one knows of no address is believed where no
 * other knows of any: a network's own server may be among those that know the boot zone. What is
 * asked has a random id and comes from a port of its own, and whatever does not answer just that is
 * passed over (RFC 5452).
 *
 * <p>A name's IPv4 addresses count; its IPv6 addresses only where it has no others, as a box that
 * has both would be two upstreams. Of an answer that is cut short what is there counts.
 *
 * <p>Owned by one thread at a time.
 */
public final class StubResolver {
  private static final int FIRST_PATIENCE_MS = 300;
  private static final int ROUNDS = 2;
  private static final int MAX_ANSWER_BYTES = 4096;
  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final Duration MOST = Duration.ofHours(1);

  /** For a name without addresses: a box may be switched on any moment. */
  private static final Duration NONE_FOR = Duration.ofSeconds(3);

  private final NameServers servers;
  private final SecureRandom random = new SecureRandom();
  private int preferred;

  public StubResolver(NameServers servers) {
    this.servers = servers;
  }

  /** Whether there are servers that know of such a name: it has a dot. */
  public boolean answersFor(String name) {
    return name.indexOf('.') > 0 && !servers.now().isEmpty();
  }

  /**
   * Asks until a server knows.
   *
   * @throws IOException if none gives an answer
   */
  public Addresses lookup(String name) throws IOException {
    DnsMessage.Answer answer = ask(name, DnsMessage.TYPE_A);
    if (answer.addresses().isEmpty() && answer.code() == DnsMessage.Answer.NO_ERROR) {
      answer = ask(name, DnsMessage.TYPE_AAAA);
    }
    if (answer.addresses().isEmpty()) {
      return new Addresses(List.of(), NONE_FOR);
    }
    Duration ttl = Duration.ofSeconds(answer.ttlSeconds());
    return new Addresses(
        answer.addresses(),
        ttl.compareTo(LEAST) < 0 ? LEAST : ttl.compareTo(MOST) > 0 ? MOST : ttl);
  }

  private DnsMessage.Answer ask(String name, int type) throws IOException {
    List<InetSocketAddress> all = servers.now();
    DnsMessage.Answer none = null;
    IOException last = new IOException("there is none");
    for (int round = 0; round < ROUNDS && none == null; round++) {
      for (int i = 0; i < all.size(); i++) {
        int number = (preferred + i) % all.size();
        try {
          DnsMessage.Answer answer = ask(all.get(number), name, type, FIRST_PATIENCE_MS << round);
          if (!answer.addresses().isEmpty()) {
            preferred = number;
            return answer;
          }
          none = none == null || answer.code() == DnsMessage.Answer.NO_ERROR ? answer : none;
        } catch (IOException e) {
          last = e;
        }
      }
    }
    if (none == null) {
      throw new IOException("no DNS server knows " + name + ": " + last.getMessage(), last);
    }
    return none;
  }

  private DnsMessage.Answer ask(InetSocketAddress server, String name, int type, int patienceMs)
      throws IOException {
    ByteBuffer question = question(name, type);
    long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMs);
    // The kernel chooses a port at random, and lets nothing in but from the server asked.
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(server);
      socket.send(new DatagramPacket(question.array(), question.limit()));
      DatagramPacket packet = new DatagramPacket(new byte[MAX_ANSWER_BYTES], MAX_ANSWER_BYTES);
      while (true) {
        long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
        if (leftMs <= 0) {
          throw new SocketTimeoutException(server + " does not answer");
        }
        socket.setSoTimeout((int) leftMs);
        packet.setLength(MAX_ANSWER_BYTES);
        socket.receive(packet);
        try {
          return believed(
              DnsMessage.answer(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()), question),
              server);
        } catch (MalformedAnswerException forgedOrLate) {
          // The answer itself may still come.
        }
      }
    }
  }

  private ByteBuffer question(String name, int type) throws IOException {
    try {
      return DnsMessage.question(random.nextInt(1 << 16), name, type);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static DnsMessage.Answer believed(DnsMessage.Answer answer, InetSocketAddress server)
      throws IOException {
    boolean knows =
        answer.code() == DnsMessage.Answer.NO_ERROR
            || answer.code() == DnsMessage.Answer.NO_SUCH_NAME;
    if (!knows || (answer.truncated() && answer.addresses().isEmpty())) {
      throw new IOException(server + " answers with code " + answer.code());
    }
    return answer;
  }
}
