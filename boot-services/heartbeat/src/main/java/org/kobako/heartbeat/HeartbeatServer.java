package org.kobako.heartbeat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.kobako.heartbeat.Heartbeat.Life;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once a second that this box is there, and knows which others are. One thread, {@code
 * heartbeat}, sends, receives and calls back; it ends with {@link #close}.
 */
public final class HeartbeatServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HeartbeatServer.class);

  /**
   * Two boxes that meet need not wait for their next second, and nobody makes this one send more.
   */
  private static final long LEAST_PAUSE_NS = 100_000_000;

  private static final long MILLI_NS = 1_000_000;

  /** Then it looks at the clock again, however many more there are. */
  private static final int MOST_AT_ONCE = 256;

  private final HeartbeatConfig config;
  private final Life self;
  private final Supplier<Optional<Report>> report;
  private final Consumer<List<Heartbeat>> changed;
  private final HeartbeatCodec codec;
  private final Room room;
  private final AtomicIntegerArray refused =
      new AtomicIntegerArray(RefusedHeartbeatException.Why.values().length);
  private final AtomicIntegerArray effects = new AtomicIntegerArray(Room.Effect.values().length);
  private final ByteBuffer received = ByteBuffer.allocateDirect(HeartbeatCodec.MAX_BYTES + 1);
  private final ByteBuffer sent = ByteBuffer.allocateDirect(HeartbeatCodec.MAX_BYTES);
  private final Thread thread = new Thread(this::run, "heartbeat");
  private @Nullable DatagramChannel channel;
  private @Nullable Selector selector;
  private volatile int port;
  private long sequence;
  private long nextNs;
  private long lastNs;
  private boolean cannotSend;

  /**
   * @param self this box, and a number that no start of it had before
   * @param report asked for each heartbeat; while it is empty, the box is not to be counted on, and
   *     is silent
   * @param changed told of all others that are there, whenever one comes, leaves or has news
   */
  public HeartbeatServer(
      HeartbeatConfig config,
      Life self,
      Supplier<Optional<Report>> report,
      Consumer<List<Heartbeat>> changed) {
    this.config = config;
    this.self = self;
    this.report = report;
    this.changed = changed;
    this.codec = new HeartbeatCodec(config.key());
    this.room = new Room(self);
  }

  /**
   * Takes the port.
   *
   * @throws IOException if it cannot be had, or a group cannot be joined
   */
  public void bind() throws IOException {
    DatagramChannel opened = DatagramChannel.open(StandardProtocolFamily.INET);
    channel = opened;
    opened.setOption(StandardSocketOptions.IP_MULTICAST_IF, config.networkInterface());
    opened.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 1);
    opened.bind(config.listen());
    for (InetSocketAddress to : config.to()) {
      if (to.getAddress().isMulticastAddress()) {
        opened.join(to.getAddress(), config.networkInterface());
      }
    }
    opened.configureBlocking(false);
    selector = Selector.open();
    opened.register(selector, SelectionKey.OP_READ);
    port = ((InetSocketAddress) opened.getLocalAddress()).getPort();
  }

  /** The port it has; after {@link #bind}. */
  public int port() {
    return port;
  }

  /** Says from now on that it is there. */
  public void start() {
    lastNs = System.nanoTime() - config.every().toNanos();
    nextNs = System.nanoTime();
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        long waitNs = nextNs - System.nanoTime();
        require(selector).select(Math.max(1, (waitNs + MILLI_NS - 1) / MILLI_NS));
        boolean news = receiveAll();
        for (Life left : room.expire(System.nanoTime())) {
          LOG.info("heartbeat: box {} is silent, and no longer counted on", left);
          news = true;
        }
        if (System.nanoTime() - nextNs >= 0) {
          send();
        }
        if (news) {
          changed.accept(room.members());
        }
      }
    } catch (ClosedSelectorException ended) {
      // Told to.
    } catch (IOException | RuntimeException e) {
      LOG.error("heartbeat: ends, so that other boxes take over: {}", e.toString());
    }
  }

  /** Whether anybody had news. */
  private boolean receiveAll() throws IOException {
    boolean news = false;
    for (int count = 0; count < MOST_AT_ONCE; count++) {
      received.clear();
      if (require(channel).receive(received) == null) {
        break;
      }
      news |= hear(received.flip());
    }
    return news;
  }

  private boolean hear(ByteBuffer datagram) {
    try {
      Heartbeat heartbeat = codec.read(datagram);
      Room.Effect effect = room.hear(heartbeat, System.nanoTime());
      effects.incrementAndGet(effect.ordinal());
      return switch (effect) {
        case JOINED -> {
          LOG.info("heartbeat: box {} is there", heartbeat.life());
          answerSoon();
          yield true;
        }
        case RENEWED -> true;
        case KNOCKED -> {
          answerSoon();
          yield false;
        }
        case REPEATED, TWIN, OWN, FULL -> false;
      };
    } catch (RefusedHeartbeatException e) {
      refused.incrementAndGet(e.why().ordinal());
      return false;
    }
  }

  private void answerSoon() {
    nextNs = Math.min(nextNs - lastNs, LEAST_PAUSE_NS) + lastNs;
  }

  private void send() {
    lastNs = nextNs;
    nextNs = System.nanoTime() + config.every().toNanos();
    Optional<Report> now = report.get();
    if (now.isEmpty()) {
      return;
    }
    codec.write(new Heartbeat(self, ++sequence, room.heard(), now.get()), sent);
    for (InetSocketAddress to : config.to()) {
      try {
        require(channel).send(sent.duplicate(), to);
        cannotSend = false;
      } catch (IOException e) {
        if (!cannotSend) {
          cannotSend = true;
          LOG.warn("heartbeat: cannot be sent to {}: {}; tries on", to, e.getMessage());
        }
      }
    }
  }

  /** How many datagrams were refused, in words; empty if none was. */
  public String refusals() {
    return Arrays.stream(RefusedHeartbeatException.Why.values())
        .filter(why -> refused.get(why.ordinal()) > 0)
        .map(why -> why.name().toLowerCase(Locale.ROOT) + " " + refused.get(why.ordinal()))
        .collect(Collectors.joining(", "));
  }

  private static <T> T require(@Nullable T bound) {
    if (bound == null) {
      throw new IllegalStateException("bind() comes before start()");
    }
    return bound;
  }

  /** Is silent from now on; the others notice. */
  @Override
  public void close() throws IOException {
    if (selector != null) {
      selector.close();
    }
    if (channel != null) {
      channel.close();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
