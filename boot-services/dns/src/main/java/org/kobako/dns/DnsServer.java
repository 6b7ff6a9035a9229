package org.kobako.dns;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kobako.dns.Answerer.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/**
 * The room's DNS, by UDP and TCP: an authority on the room's own names, for everybody; a forwarder
 * of all others, for the room's machines. One thread, {@code dns}, asks and answers; it ends with
 * {@link #close}. Privileges may be dropped after {@link #bind}.
 */
public final class DnsServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DnsServer.class);

  private static final int MAX_UDP_QUERY_BYTES = 4096;

  /** Then it looks at the other sockets, however many more there are. */
  private static final int MOST_AT_ONCE = 64;

  /** Questions that come while one is answered; the kernel drops what is more. */
  private static final int UDP_BUFFER_BYTES = 256 << 10;

  private static final int MAX_CONNECTIONS = 32;
  private static final Duration CONNECTION_IDLE = Duration.ofSeconds(10);
  private static final int TICK_MS = 1000;

  /** A room of 250 machines that all start at once is not held up. */
  private static final int ANSWERS_PER_SECOND = 1000;

  private static final int ANSWERS_AT_ONCE = 4000;
  private static final int CACHED_REPLIES = 500;
  private static final Duration CHECK = Duration.ofSeconds(2);

  private final DnsConfig config;
  private final Answerer answerer;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final Set<TcpAsker> connections = new LinkedHashSet<>();
  private final ByteBuffer received = ByteBuffer.allocate(MAX_UDP_QUERY_BYTES);
  private final Thread thread = Thread.ofPlatform().name("dns").daemon().unstarted(this::run);
  private @Nullable Sockets sockets;
  private volatile boolean closed;

  private record Sockets(
      Selector selector, DatagramChannel udp, ServerSocketChannel tcp, InetSocketAddress address) {}

  /**
   * Without a socket; {@link #bind} comes next.
   *
   * @param boxes that are there
   * @param resolvers that are asked for names of elsewhere, the best first; asked for at times, and
   *     while there are none such questions are refused
   */
  public DnsServer(DnsConfig config, Boxes boxes, Supplier<List<InetSocketAddress>> resolvers) {
    this(config, boxes, resolvers, new RateLimit(ANSWERS_PER_SECOND, ANSWERS_AT_ONCE));
  }

  DnsServer(
      DnsConfig config, Boxes boxes, Supplier<List<InetSocketAddress>> resolvers, RateLimit limit) {
    this.config = config;
    Forwarder forwarder =
        new Forwarder(
            resolvers,
            DnsConfig.RESOLVER_TIMEOUT,
            new ReplyCache(CACHED_REPLIES),
            System::nanoTime);
    this.answerer =
        new Answerer(
            config,
            new BootZone(config.origin(), config.box(), boxes),
            forwarder,
            limit,
            System::nanoTime);
  }

  /**
   * Takes the ports, of UDP and TCP the same. Nobody is answered yet.
   *
   * @throws IOException if one cannot be had, with the port, the reason and what to do
   */
  public void bind() throws IOException {
    Selector selector = Selector.open();
    DatagramChannel udp = DatagramChannel.open();
    ServerSocketChannel tcp = ServerSocketChannel.open();
    try {
      udp.setOption(StandardSocketOptions.SO_RCVBUF, UDP_BUFFER_BYTES);
      udp.bind(config.listen());
      InetSocketAddress address = (InetSocketAddress) udp.getLocalAddress();
      tcp.bind(address, MAX_CONNECTIONS);
      udp.configureBlocking(false).register(selector, SelectionKey.OP_READ);
      tcp.configureBlocking(false);
      tcp.register(selector, SelectionKey.OP_ACCEPT);
      sockets = new Sockets(selector, udp, tcp, address);
    } catch (IOException e) {
      selector.close();
      udp.close();
      tcp.close();
      throw new IOException(
          "dns: cannot take port %d of %s: %s; end the server that has it, or set dns.port"
              .formatted(
                  config.listen().getPort(),
                  config.listen().getAddress().getHostAddress(),
                  e.getMessage()),
          e);
    }
  }

  /** Where it answers, once bound. */
  public InetSocketAddress address() {
    return sockets().address();
  }

  /** Begins to answer. */
  public void start() {
    sockets();
    thread.start();
  }

  private Sockets sockets() {
    if (sockets == null) {
      throw new IllegalStateException("bind first");
    }
    return sockets;
  }

  private void run() {
    Sockets bound = sockets();
    while (!closed) {
      try {
        bound.selector().select(this::serve, TICK_MS);
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
          task.run();
        }
        closeIdle();
      } catch (IOException | RuntimeException e) {
        LOG.error("dns: {}; goes on", e.toString());
      }
    }
    connections.forEach(TcpAsker::close);
  }

  private void serve(SelectionKey ready) {
    try {
      if (ready.attachment() instanceof TcpAsker asker) {
        serve(asker, ready);
      } else if (ready.channel() == sockets().udp()) {
        receive();
      } else {
        accept();
      }
    } catch (IOException | CancelledKeyException e) {
      LOG.debug("dns: {}", e.getMessage());
    }
  }

  private void receive() throws IOException {
    DatagramChannel udp = sockets().udp();
    for (int count = 0; count < MOST_AT_ONCE; count++) {
      received.clear();
      InetSocketAddress from = (InetSocketAddress) udp.receive(received);
      if (from == null) {
        return;
      }
      byte[] query = new byte[received.flip().remaining()];
      received.get(query);
      answerer.answer(query, from.getAddress(), Transport.UDP, answer -> send(answer, from));
    }
  }

  /** From any thread; what the kernel does not take now is lost, and asked for again. */
  private void send(byte[] answer, InetSocketAddress to) {
    try {
      sockets().udp().send(ByteBuffer.wrap(answer), to);
    } catch (IOException e) {
      LOG.debug("dns: an answer does not reach {}: {}", to, e.getMessage());
    }
  }

  private void accept() throws IOException {
    SocketChannel channel = sockets().tcp().accept();
    if (channel == null) {
      return;
    }
    if (connections.size() == MAX_CONNECTIONS) {
      connections.stream().min(Comparator.comparingLong(TcpAsker::heardNs)).ifPresent(this::close);
    }
    channel.configureBlocking(false);
    SelectionKey key = channel.register(sockets().selector(), SelectionKey.OP_READ);
    TcpAsker asker = new TcpAsker(key, channel, System.nanoTime());
    key.attach(asker);
    connections.add(asker);
  }

  private void serve(TcpAsker asker, SelectionKey ready) {
    try {
      if (ready.isReadable()) {
        asker.read(this::ask, System.nanoTime());
      }
      if (ready.isValid() && ready.isWritable()) {
        asker.write();
      }
    } catch (IOException | CancelledKeyException ended) {
      close(asker);
    }
  }

  private void ask(byte[] query, TcpAsker asker) {
    answerer.answer(query, asker.address(), Transport.TCP, answer -> answerInTurn(asker, answer));
  }

  /** From any thread. */
  private void answerInTurn(TcpAsker asker, byte[] answer) {
    tasks.add(() -> {
      try {
        asker.answer(answer);
      } catch (IOException | CancelledKeyException ended) {
        close(asker);
      }
    });
    sockets().selector().wakeup();
  }

  private void closeIdle() {
    long nowNs = System.nanoTime();
    connections.removeIf(asker -> {
      boolean isIdle = nowNs - asker.heardNs() > CONNECTION_IDLE.toNanos();
      if (isIdle) {
        asker.close();
      }
      return isIdle;
    });
  }

  private void close(TcpAsker asker) {
    connections.remove(asker);
    asker.close();
  }

  /**
   * Makes sure that machines are answered, by asking for the zone as they would.
   *
   * @throws IOException if there is no answer, or another's, with the reason
   */
  public void check() throws IOException {
    Record question = Record.newRecord(config.origin(), Type.SOA, DClass.IN);
    Message reply;
    try (DatagramSocket socket = new DatagramSocket()) {
      byte[] query = Message.newQuery(question).toWire();
      DatagramPacket answer =
          new DatagramPacket(new byte[MAX_UDP_QUERY_BYTES], MAX_UDP_QUERY_BYTES);
      socket.setSoTimeout((int) CHECK.toMillis());
      socket.connect(address());
      socket.send(new DatagramPacket(query, query.length));
      socket.receive(answer);
      reply = new Message(Arrays.copyOf(answer.getData(), answer.getLength()));
    }
    if (reply.getRcode() != Rcode.NOERROR) {
      throw new IOException(
          "it answers %s to a question for %s"
              .formatted(Rcode.string(reply.getRcode()), config.zone()));
    }
  }

  /** What it has been asked so far, for people. */
  public DnsCounters counters() {
    return new DnsCounters(
        answerer.answered.sum(), answerer.malformed.sum(), answerer.tooMany.sum());
  }

  /** Gives the ports back. */
  @Override
  public void close() throws IOException {
    closed = true;
    Sockets bound = sockets;
    if (bound == null) {
      return;
    }
    bound.selector().wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    bound.udp().close();
    bound.tcp().close();
    bound.selector().close();
  }
}
