package org.kobako.tftp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * A network between a box and its machines, in which every n-th packet or so, of either direction,
 * meets with a fault. A machine sees it as a box: a request port, and a port for each transfer.
 */
final class FaultyLink implements AutoCloseable {
  /** What befalls a packet. */
  enum Fault {
    LOSS,
    DUPLICATE,
    /** It arrives behind the next ones. */
    REORDER,
    /** It arrives when both ends have lost their patience. */
    DELAY
  }

  private static final long MS = 1_000_000;

  private record Flying(
      long arrivalNs, ByteBuffer packet, DatagramChannel from, SocketAddress to) {}

  /** One machine's port, and the two of ours that stand for it and for its transfer. */
  private static final class Pair {
    final SocketAddress machine;
    final DatagramChannel towardsBox;
    final DatagramChannel towardsMachine;

    /** The request port, until the box has answered from another. */
    SocketAddress box;

    Pair(
        SocketAddress machine,
        DatagramChannel towardsBox,
        DatagramChannel towardsMachine,
        SocketAddress box) {
      this.machine = machine;
      this.towardsBox = towardsBox;
      this.towardsMachine = towardsMachine;
      this.box = box;
    }
  }

  private final Fault fault;
  private final int oneIn;
  private final SocketAddress box;
  private final Random chance = new Random(11);
  private final Selector selector = Selector.open();
  private final DatagramChannel requests = open();
  private final Map<SocketAddress, Pair> pairs = new HashMap<>();
  private final PriorityQueue<Flying> late =
      new PriorityQueue<>(Comparator.comparingLong(Flying::arrivalNs));
  private final int port;
  private final Thread thread = new Thread(this::run, "faulty-link");
  private int faults;

  FaultyLink(TestBox box, Fault fault, int oneIn) throws IOException {
    this.box = new InetSocketAddress(InetAddress.getLoopbackAddress(), box.port());
    this.fault = fault;
    this.oneIn = oneIn;
    this.port = ((InetSocketAddress) requests.getLocalAddress()).getPort();
    requests.register(selector, SelectionKey.OP_READ);
    thread.start();
  }

  private static DatagramChannel open() throws IOException {
    DatagramChannel channel = DatagramChannel.open();
    channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    channel.configureBlocking(false);
    return channel;
  }

  int port() {
    return port;
  }

  /** How many packets met with the fault; once closed. */
  int faults() {
    return faults;
  }

  private void run() {
    try {
      while (!Thread.interrupted()) {
        selector.select(1);
        selector.selectedKeys().clear();
        pass();
        while (!late.isEmpty() && late.peek().arrivalNs() - System.nanoTime() <= 0) {
          Flying packet = late.poll();
          packet.from().send(packet.packet(), packet.to());
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void pass() throws IOException {
    ByteBuffer packet = ByteBuffer.allocate(2048);
    for (SocketAddress from = requests.receive(packet);
        from != null;
        from = requests.receive(packet)) {
      Pair pair = pairs.get(from);
      if (pair == null) {
        pair = new Pair(from, open(), open(), box);
        pair.towardsBox.register(selector, SelectionKey.OP_READ);
        pair.towardsMachine.register(selector, SelectionKey.OP_READ);
        pairs.put(from, pair);
      }
      forward(packet, pair.towardsBox, box);
      packet = ByteBuffer.allocate(2048);
    }
    for (Pair pair : pairs.values()) {
      for (SocketAddress from = pair.towardsBox.receive(packet);
          from != null;
          from = pair.towardsBox.receive(packet)) {
        pair.box = from;
        forward(packet, pair.towardsMachine, pair.machine);
        packet = ByteBuffer.allocate(2048);
      }
      while (pair.towardsMachine.receive(packet) != null) {
        forward(packet, pair.towardsBox, pair.box);
        packet = ByteBuffer.allocate(2048);
      }
    }
  }

  private void forward(ByteBuffer packet, DatagramChannel from, SocketAddress to)
      throws IOException {
    packet.flip();
    if (chance.nextInt(oneIn) != 0) {
      from.send(packet, to);
      return;
    }
    faults++;
    switch (fault) {
      case LOSS -> {}
      case DUPLICATE -> {
        from.send(packet.duplicate(), to);
        from.send(packet, to);
      }
      case REORDER -> late.add(new Flying(System.nanoTime() + 2 * MS, packet, from, to));
      case DELAY -> late.add(new Flying(System.nanoTime() + 300 * MS, packet, from, to));
    }
  }

  @Override
  public void close() throws IOException {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    for (Pair pair : pairs.values()) {
      pair.towardsBox.close();
      pair.towardsMachine.close();
    }
    requests.close();
    selector.close();
  }
}
