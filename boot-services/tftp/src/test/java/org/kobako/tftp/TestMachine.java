package org.kobako.tftp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** A machine's end of the wire, packet by packet. */
final class TestMachine implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final DatagramSocket socket;
  private final SocketAddress box;

  /** Where the last packet came from. */
  private SocketAddress transfer;

  TestMachine(TestBox box) throws IOException {
    this(box, InetAddress.getLoopbackAddress());
  }

  TestMachine(TestBox box, InetAddress own) throws IOException {
    this.socket = new DatagramSocket(new InetSocketAddress(own, 0));
    this.box = new InetSocketAddress(InetAddress.getLoopbackAddress(), box.port());
    this.transfer = this.box;
  }

  /** A received packet. */
  record Received(int opcode, int number, byte[] rest) {
    /** The options of an OACK. */
    Map<String, String> options() {
      String[] texts = new String(rest, StandardCharsets.ISO_8859_1).split("\0");
      Map<String, String> options = new LinkedHashMap<>();
      for (int i = 0; i + 1 < texts.length; i += 2) {
        options.put(texts[i], texts[i + 1]);
      }
      return options;
    }

    String text() {
      return new String(rest, 0, rest.length - 1, StandardCharsets.US_ASCII);
    }
  }

  static byte[] request(int opcode, String... texts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(0);
    bytes.write(opcode);
    for (String text : texts) {
      bytes.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
      bytes.write(0);
    }
    return bytes.toByteArray();
  }

  /** Asks for a file in octet mode. */
  void ask(String name, String... options) throws IOException {
    String[] texts = new String[options.length + 2];
    texts[0] = name;
    texts[1] = "octet";
    System.arraycopy(options, 0, texts, 2, options.length);
    sendToBox(request(Packet.RRQ, texts));
  }

  void sendToBox(byte[] packet) throws IOException {
    socket.send(new DatagramPacket(packet, packet.length, box));
  }

  void ack(int number) throws IOException {
    send(ByteBuffer.allocate(4).putShort((short) Packet.ACK).putShort((short) number).array());
  }

  /** Gives up, as edk2 does when it knows a file's size. */
  void abort() throws IOException {
    send(Packet.error(ErrorCode.UNDEFINED, "User aborted the transfer").array());
  }

  private void send(byte[] packet) throws IOException {
    socket.send(new DatagramPacket(packet, packet.length, transfer));
  }

  Received receive() throws IOException {
    return receive(PATIENCE);
  }

  private Received receive(Duration patience) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65536], 65536);
    socket.setSoTimeout((int) patience.toMillis());
    socket.receive(packet);
    transfer = packet.getSocketAddress();
    ByteBuffer bytes = ByteBuffer.wrap(packet.getData(), 0, packet.getLength());
    int opcode = bytes.getShort();
    int number = opcode == Packet.OACK ? 0 : bytes.getShort() & 0xffff;
    byte[] rest = Arrays.copyOfRange(packet.getData(), bytes.position(), packet.getLength());
    return new Received(opcode, number, rest);
  }

  /** Whether nothing comes for a time. */
  boolean hearsNothingFor(Duration time) throws IOException {
    try {
      receive(time);
      return false;
    } catch (SocketTimeoutException silence) {
      return true;
    }
  }

  SocketAddress transfer() {
    return transfer;
  }

  /** Speaks to another's transfer from now on. */
  void intrudeInto(TestMachine other) {
    transfer = other.transfer;
  }

  @Override
  public void close() {
    socket.close();
  }
}
