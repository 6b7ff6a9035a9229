package org.kobako.block.client.resolve;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A DNS server on loopback that knows what a test tells it, and lies as told. */
public final class FakeDns implements AutoCloseable {
  private static final int HEADER_BYTES = 12;
  private static final int TTL_SECONDS = 1;

  private final DatagramSocket socket;
  private final Map<String, List<String>> addresses = new ConcurrentHashMap<>();
  private final AtomicInteger questions = new AtomicInteger();
  private volatile boolean silent;
  private volatile int code;
  private volatile UnaryOperator<byte[]> forgery = UnaryOperator.identity();

  public FakeDns() throws IOException {
    this.socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().name("fake-dns").daemon().start(this::run);
  }

  /** As {@code --resolver} has it. */
  public String address() {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  /** The name has these, in this order. */
  public FakeDns with(String name, String... itsAddresses) {
    addresses.put(name, List.of(itsAddresses));
    return this;
  }

  public void fallSilent(boolean newSilent) {
    silent = newSilent;
  }

  /** Answers with this code, and no address, from now on. */
  public void answerWithCode(int newCode) {
    code = newCode;
  }

  /** Sends this in front of each answer, made out of it. */
  public void forge(UnaryOperator<byte[]> newForgery) {
    forgery = newForgery;
  }

  public int questions() {
    return questions.get();
  }

  private void run() {
    byte[] bytes = new byte[512];
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
        socket.receive(packet);
        questions.incrementAndGet();
        if (!silent) {
          byte[] answer = answer(ByteBuffer.wrap(bytes, 0, packet.getLength()).slice());
          byte[] forged = forgery.apply(answer.clone());
          send(forged, packet.getSocketAddress());
          send(answer, packet.getSocketAddress());
        }
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void send(byte[] answer, SocketAddress to) throws IOException {
    socket.send(new DatagramPacket(answer, answer.length, to));
  }

  private byte[] answer(ByteBuffer question) throws IOException {
    StringBuilder name = new StringBuilder();
    int at = HEADER_BYTES;
    for (int length; (length = question.get(at)) > 0; at += 1 + length) {
      for (int i = 1; i <= length; i++) {
        name.append((char) question.get(at + i));
      }
      name.append('.');
    }
    int type = question.getShort(at + 1);
    List<String> all = addresses.getOrDefault(name.substring(0, name.length() - 1), List.of());
    ByteBuffer answer = ByteBuffer.allocate(1024).put(question);
    int records = 0;
    for (String text : code == 0 ? all : List.<String>of()) {
      byte[] address = InetAddress.ofLiteral(text).getAddress();
      if (type == (address.length == 4 ? DnsMessage.TYPE_A : DnsMessage.TYPE_AAAA)) {
        answer.putShort((short) 0xc00c).putShort((short) type).putShort((short) 1);
        answer.putInt(TTL_SECONDS).putShort((short) address.length).put(address);
        records++;
      }
    }
    answer.putShort(2, (short) (0x8180 | code)).putShort(6, (short) records);
    byte[] bytes = new byte[answer.flip().remaining()];
    answer.get(bytes);
    return bytes;
  }

  @Override
  public void close() {
    socket.close();
  }
}
