package org.kobako.heartbeat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.kobako.heartbeat.Heartbeat.Life;
import org.kobako.heartbeat.Report.Assigned;
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

  /** After so long without one, the next is another twin. */
  private static final long TWIN_PAUSE_NS = 60_000_000_000L;

  /** Then it looks at the clock again, however many more there are. */
  private static final int MOST_AT_ONCE = 256;

  private final HeartbeatConfig config;
  private final Life self;
  private final Self box;
  private final Consumer<List<Heartbeat>> changed;
  private final HeartbeatCodec codec;
  private final Room room;
  private final Map<String, LongAdder> ignored = new ConcurrentSkipListMap<>();
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
  private Optional<Report> last = Optional.empty();
  private long twinSinceNs = System.nanoTime() - 2 * TWIN_PAUSE_NS;
  private boolean isTwinTold;
  private volatile boolean closed;

  /** The box that says so; called by the server's thread. */
  public interface Self {
    /**
     * What it has to say now; while it is empty, the box is not to be counted on, and is silent.
     */
    Optional<Report> report();

    /** What of {@link Report#assigned} there was room for. */
    void wereTold(List<Assigned> assigned);
  }

  /**
   * @param self this box, and a number that no start of it had before
   * @param changed told of all others that are there, whenever one comes, leaves or has news
   */
  public HeartbeatServer(
      HeartbeatConfig config, Life self, Self box, Consumer<List<Heartbeat>> changed) {
    this.config = config;
    this.self = self;
    this.box = box;
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

  /** Whether it goes on; not so after an error that it told of. */
  public boolean isRunning() {
    return thread.isAlive();
  }

  private void run() {
    try {
      while (!closed) {
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
      sayGoodbye();
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
      return switch (effect) {
        case JOINED -> {
          LOG.info("heartbeat: box {} is there", heartbeat.life());
          answerSoon();
          yield true;
        }
        case RENEWED -> true;
        case LEFT -> {
          LOG.info("heartbeat: box {} leaves", heartbeat.life());
          yield true;
        }
        case KNOCKED -> {
          answerSoon();
          yield false;
        }
        case REPEATED -> ignore("repeated");
        case FULL -> ignore("too many boxes");
        case TWIN -> {
          ignore("same identity");
          tellOfTwin(heartbeat.life());
          yield false;
        }
        case OWN -> false;
      };
    } catch (RefusedHeartbeatException e) {
      return ignore(e.why().name().toLowerCase(Locale.ROOT));
    }
  }

  /** Counts a datagram that did nothing. */
  private boolean ignore(String why) {
    ignored.computeIfAbsent(why, it -> new LongAdder()).increment();
    return false;
  }

  /** A box that has just started again has its own twin for as long as the room waits for it. */
  private void tellOfTwin(Life twin) {
    long nowNs = System.nanoTime();
    if (nowNs - twinSinceNs > TWIN_PAUSE_NS) {
      twinSinceNs = nowNs;
      isTwinTold = false;
    } else if (!isTwinTold && nowNs - twinSinceNs > 2 * Room.SILENCE.toNanos()) {
      isTwinTold = true;
      LOG.warn(
          "heartbeat: two boxes say that they are {}: one has the state of the other; delete {} in"
              + " one, and start it again",
          twin,
          "room.box");
    }
  }

  private void answerSoon() {
    nextNs = Math.min(nextNs - lastNs, LEAST_PAUSE_NS) + lastNs;
  }

  private void send() {
    lastNs = nextNs;
    nextNs = System.nanoTime() + config.every().toNanos();
    Optional<Report> now = box.report();
    if (now.isEmpty()) {
      sayGoodbye();
      return;
    }
    last = now;
    HeartbeatCodec.Leftover leftover = write(now.get(), false);
    List<Assigned> all = now.get().assigned();
    box.wereTold(all.subList(0, all.size() - leftover.assigned().size()));
    sendToAll();
  }

  private HeartbeatCodec.Leftover write(Report report, boolean isLast) {
    return codec.write(new Heartbeat(self, ++sequence, isLast, room.heard(), report), sent);
  }

  /** Whoever knows that a box leaves need not wait for its silence. */
  private void sayGoodbye() {
    if (last.isPresent()) {
      write(last.get(), true);
      sendToAll();
      last = Optional.empty();
    }
  }

  private void sendToAll() {
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

  /** How many datagrams did nothing, by the reason in words. */
  public Map<String, Long> ignored() {
    Map<String, Long> counts = new TreeMap<>();
    ignored.forEach((why, count) -> counts.put(why, count.sum()));
    return counts;
  }

  private static <T> T require(@Nullable T bound) {
    if (bound == null) {
      throw new IllegalStateException("bind() comes before start()");
    }
    return bound;
  }

  /** Tells the others, and is silent from now on. */
  @Override
  public void close() throws IOException {
    closed = true;
    if (selector != null) {
      selector.wakeup();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (selector != null) {
      selector.close();
    }
    if (channel != null) {
      channel.close();
    }
  }
}
