package org.kobako.block.client.fetch;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.BlockException;
import org.kobako.block.format.BlockRequest;
import org.kobako.block.format.CorruptBlockException;
import org.kobako.block.format.FetchedBlock;
import org.kobako.block.format.MissingBlockException;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.block.format.UnreachableSourceException;
import org.kobako.block.format.VerifiedBlock;
import org.kobako.block.format.digest.Digester;

/**
 * One store at one address: its idle connections, its state, and what it usually takes to answer.
 *
 * <p>Used by any number of threads; nothing is allocated per fetch while connections last.
 */
final class Upstream {
  private static final Logger LOG = System.getLogger("kobako.fetch");

  private static final int MAX_IDLE_CONNECTIONS = 32;

  /** A fetch has so long at least while bytes keep coming. */
  private static final long LEAST_LAST_LIMIT_NS = TimeUnit.SECONDS.toNanos(1);

  /** A file whose length the answer does not say may be so long. */
  private static final int MAX_UNSTATED_BYTES = 32 << 20;

  /** A connection may take this part of the time for all, so that somebody else can be asked. */
  private static final int CONNECTION_PART = 4;

  private static final long MIN_CONNECTION_NS = TimeUnit.MILLISECONDS.toNanos(250);

  private final UpstreamUrl url;
  private final @Nullable UpstreamUrl proxy;
  private final @Nullable InetAddress address;
  private final int bit;
  private final AgentLine agent;
  private final BiConsumer<Upstream, UpstreamState> onChange;
  private final SparseLog changes = new SparseLog();
  private final LastHeard lastHeard = new LastHeard();

  /** Place in the order in which the address's name has its addresses. */
  private volatile int rank;

  // All below is guarded by this.
  private final HttpConnection[] idle = new HttpConnection[MAX_IDLE_CONNECTIONS];
  private int idleCount;
  private boolean closed;
  private final UpstreamHealth health;
  private final AnswerTimes times = new AnswerTimes();
  private final BlockRequest badCopy = new BlockRequest();
  private int inFlight;

  /**
   * @param address of the URL's host, or null where the system is to find it at each connection
   * @param number unique among those in use, 0 to 31
   * @param agent what requests say of this machine
   * @param onChange told of each new state; must not wait
   */
  Upstream(
      UpstreamUrl url,
      @Nullable UpstreamUrl proxy,
      @Nullable InetAddress address,
      int number,
      AgentLine agent,
      BiConsumer<Upstream, UpstreamState> onChange) {
    this.url = url;
    this.proxy = proxy;
    this.address = address;
    this.bit = 1 << number;
    this.agent = agent;
    this.onChange = onChange;
    this.health = new UpstreamHealth(new SplittableRandom());
  }

  String describe() {
    if (proxy != null) {
      return url + " through " + proxy;
    }
    return address == null ? url.toString() : url + " at " + address.getHostAddress();
  }

  /** Its own, among all that are in use. */
  int bit() {
    return bit;
  }

  UpstreamUrl url() {
    return url;
  }

  @Nullable InetAddress address() {
    return address;
  }

  int rank() {
    return rank;
  }

  void setRank(int newRank) {
    rank = newRank;
  }

  synchronized UpstreamState state() {
    return health.state();
  }

  /** How much of its share it gets, of {@link UpstreamHealth#WHOLE}. */
  synchronized int share(long nowNs) {
    return health.share(nowNs);
  }

  /** It is used beside others that have been for some time: its share grows from nothing. */
  synchronized void join() {
    health.join(System.nanoTime());
  }

  /** When the next fetch is expected to be answered, from now: queue times usual time. */
  synchronized long expectedNs() {
    return times.fetchNs() * (inFlight + 1);
  }

  /** Another was preferred. */
  synchronized void passOver() {
    times.passOver();
  }

  /** What a fetch usually takes; 0 before the first. */
  synchronized long usualFetchNs() {
    return times.fetchNs();
  }

  /**
   * Fills the block's staging buffer.
   *
   * @param digester the calling thread's own, or null to leave the block unverified
   * @param pastCaches asks every cache on the way for a fresh copy
   * @param limitNs how long the upstream may take if it is silent; while bytes keep coming, on
   *     whatever connection, it has a second at least
   * @param exchange the calling thread's own, by which others may end it
   * @return the verified bytes; null without a digester
   */
  @Nullable VerifiedBlock fetch(
      FetchedBlock block,
      @Nullable Digester digester,
      boolean pastCaches,
      long limitNs,
      Exchange exchange)
      throws BlockException {
    return fetch(block, digester, pastCaches, limitNs, exchange, UpstreamHealth::sound);
  }

  /** The same to see whether it is well again. */
  void probe(FetchedBlock block, Digester digester, long limitNs, Exchange exchange)
      throws BlockException {
    fetch(block, digester, false, limitNs, exchange, UpstreamHealth::proven);
  }

  private @Nullable VerifiedBlock fetch(
      FetchedBlock block,
      @Nullable Digester digester,
      boolean pastCaches,
      long limitNs,
      Exchange exchange,
      HealthEvent inTime)
      throws BlockException {
    long startNs = System.nanoTime();
    try {
      begin(exchange, startNs, limitNs);
      try {
        receive(block, pastCaches, startNs + limitNs, exchange);
      } finally {
        exchange.end();
      }
      long tookNs = System.nanoTime() - startNs;
      VerifiedBlock verified = digester == null ? null : verify(block, digester);
      recordSound(exchange.wasInTime() ? inTime : UpstreamHealth::soundButSlow, exchange, tookNs);
      return verified;
    } catch (MissingBlockException | CorruptBlockException e) {
      recordBad(block.requested());
      throw e;
    } catch (UnreachableSourceException notBegun) {
      throw notBegun;
    } catch (IOException e) {
      throw unreachable(e, exchange);
    } finally {
      endFetch();
    }
  }

  private void begin(Exchange exchange, long startNs, long limitNs)
      throws UnreachableSourceException {
    long silenceLimitNs;
    long commonSilenceLimitNs;
    synchronized (this) {
      inFlight++;
      silenceLimitNs = times.silenceLimitNs();
      commonSilenceLimitNs = times.commonSilenceLimitNs();
    }
    long lastLimitNs = Math.max(limitNs, LEAST_LAST_LIMIT_NS);
    exchange.begin(
        this, startNs + limitNs, startNs + lastLimitNs, silenceLimitNs, commonSilenceLimitNs);
  }

  private synchronized void endFetch() {
    inFlight--;
  }

  private void receive(FetchedBlock block, boolean pastCaches, long deadlineNs, Exchange exchange)
      throws IOException {
    HttpConnection connection = ask(block, "", pastCaches, deadlineNs, exchange);
    try {
      if (connection.status() != 200) {
        refuse(connection, "block " + block.blockNumber());
      }
      if (connection.contentLength() >= 0 && connection.contentLength() != block.storedLength()) {
        throw block.wrongLength(connection.contentLength(), describe());
      }
      OffHeapBuffer staging = block.staging();
      int room = Math.min(staging.capacityBytes(), block.storedLength() + 1);
      ByteBuffer to = staging.bytes().clear().limit(room);
      int length = connection.readBody(to);
      to.clear();
      if (length != block.storedLength()) {
        throw block.wrongLength(length, describe());
      }
    } finally {
      release(connection, exchange);
    }
  }

  private VerifiedBlock verify(FetchedBlock block, Digester digester) throws CorruptBlockException {
    try {
      return block.verify(digester);
    } catch (CorruptBlockException e) {
      throw new CorruptBlockException(describe() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Fetches a small or large file below the store.
   *
   * @return its bytes, from position to limit, in a buffer of its own
   * @throws MissingBlockException if the store has no such file
   * @throws CorruptBlockException if it is longer than {@code maxBytes}
   */
  ByteBuffer fetchFile(String relative, int maxBytes, long limitNs, Exchange exchange)
      throws BlockException {
    long startNs = System.nanoTime();
    exchange.renew(null);
    try {
      exchange.begin(this, startNs + limitNs, startNs + limitNs, limitNs, limitNs);
      try {
        HttpConnection connection = ask(null, relative, false, startNs + limitNs, exchange);
        try {
          ByteBuffer bytes = readFile(connection, relative, maxBytes);
          record(UpstreamHealth::sound, "it answers");
          return bytes;
        } finally {
          release(connection, exchange);
        }
      } finally {
        exchange.end();
      }
    } catch (BlockException answer) {
      throw answer;
    } catch (IOException e) {
      throw unreachable(e, exchange);
    }
  }

  private ByteBuffer readFile(HttpConnection connection, String relative, int maxBytes)
      throws IOException {
    if (connection.status() != 200) {
      refuse(connection, relative);
    }
    long stated = connection.contentLength();
    if (stated > maxBytes) {
      throw new CorruptBlockException(
          describe() + ": " + relative + " has " + stated + " bytes, at most " + maxBytes);
    }
    int room = (int) (stated >= 0 ? stated : Math.min(maxBytes, MAX_UNSTATED_BYTES) + 1L);
    ByteBuffer bytes = allocate(room, relative);
    connection.readBody(bytes);
    if (stated < 0 && !bytes.hasRemaining()) {
      throw new CorruptBlockException(
          describe() + ": " + relative + " does not say its length and has no end in sight");
    }
    return bytes.flip();
  }

  private ByteBuffer allocate(int bytes, String relative) throws CorruptBlockException {
    try {
      return ByteBuffer.allocateDirect(bytes);
    } catch (OutOfMemoryError e) {
      // One allocation whose length the network chose; the process itself is well.
      throw new CorruptBlockException(
          describe() + ": " + relative + " has " + bytes + " bytes, too many for this process", e);
    }
  }

  /** Sends a request, for a block or else a path, and answers the connection with its head read. */
  private HttpConnection ask(
      @Nullable FetchedBlock block,
      String relative,
      boolean pastCaches,
      long deadlineNs,
      Exchange exchange)
      throws IOException {
    while (true) {
      HttpConnection connection = acquire(deadlineNs, exchange);
      try {
        if (block != null) {
          connection.getBlock(block.expected(), pastCaches);
        } else {
          connection.get(relative, pastCaches);
        }
        return connection;
      } catch (IOException e) {
        connection.close();
        // A kept connection may have been closed by its peer in the meantime: that is no failure,
        // and the next may be as old.
        boolean stale = connection.exchanges() > 0 && !connection.answered();
        if (!stale || exchange.ending() != Exchange.Ending.NONE) {
          throw e;
        }
      }
    }
  }

  private void refuse(HttpConnection connection, String what) throws IOException {
    int status = connection.status();
    // The body of an error page is not worth reading: the connection is not kept.
    connection.close();
    switch (status) {
      // 403 is what S3 says of what is not there where listing is not allowed.
      case 403, 404, 410 ->
          throw new MissingBlockException(
              describe() + " has no " + what + " (HTTP status " + status + ")");
      default -> throw new IOException("it answers HTTP status " + status + " for " + what);
    }
  }

  private HttpConnection acquire(long deadlineNs, Exchange exchange) throws IOException {
    HttpConnection kept;
    while ((kept = takeIdle()) != null) {
      if (kept.isOpen()) {
        exchange.use(kept);
        return kept;
      }
    }
    long nowNs = System.nanoTime();
    long connectionNs = Math.max(MIN_CONNECTION_NS, (deadlineNs - nowNs) / CONNECTION_PART);
    exchange.setDeadline(Math.min(deadlineNs, nowNs + connectionNs));
    HttpConnection connection = HttpConnection.open(url, peer(), proxy, agent, lastHeard, exchange);
    exchange.setDeadline(deadlineNs);
    return connection;
  }

  private InetSocketAddress peer() {
    if (proxy != null) {
      return new InetSocketAddress(proxy.host(), proxy.port());
    }
    return address == null
        ? new InetSocketAddress(url.host(), url.port())
        : new InetSocketAddress(address, url.port());
  }

  private synchronized @Nullable HttpConnection takeIdle() {
    return idleCount == 0 ? null : idle[--idleCount];
  }

  private void release(HttpConnection connection, Exchange exchange) {
    exchange.leave(connection);
    if (connection.isReusable()) {
      synchronized (this) {
        if (!closed && idleCount < MAX_IDLE_CONNECTIONS) {
          idle[idleCount++] = connection;
          return;
        }
      }
    }
    connection.close();
  }

  /** Another did not answer in time, or leads to the same dead peer: so would these. */
  private synchronized void closeIdle() {
    while (idleCount > 0) {
      idle[--idleCount].close();
    }
  }

  /** A probe begins, if one is due: by the block that it had no sound copy of, if that is why. */
  synchronized boolean startProbe(BlockRequest probe) {
    long nowNs = System.nanoTime();
    if (!health.isProbeDue(nowNs)) {
      return false;
    }
    health.probed(nowNs);
    if (health.hasBadCopies()) {
      probe.set(badCopy);
    }
    return true;
  }

  private UnreachableSourceException unreachable(IOException e, Exchange exchange) {
    Exchange.Ending ending = exchange.ending();
    switch (ending) {
      case OVERTAKEN -> record(UpstreamHealth::late, "another was faster again and again");
      case ABANDONED -> {}
      case NONE, EXPIRED -> {
        closeIdle();
        record(UpstreamHealth::unanswered, "it gives no answer");
      }
    }
    String why = ending == Exchange.Ending.EXPIRED ? "it did not answer in time" : reason(e);
    return new UnreachableSourceException(describe() + ": " + why, e);
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  private void recordSound(HealthEvent event, Exchange exchange, long tookNs) {
    if (exchange.wasConnectedBefore()) {
      synchronized (this) {
        times.learn(tookNs, exchange.longestSilenceNs(), exchange.longestCommonSilenceNs());
      }
    }
    record(event, "it answers");
  }

  /** The same block counts once, however often it is asked for. */
  private void recordBad(BlockRequest request) {
    synchronized (this) {
      if (badCopy.isSet() && badCopy.digest().sameAs(request.digest())) {
        return;
      }
      badCopy.set(request);
    }
    record(UpstreamHealth::bad, "it lacks blocks, or has corrupt ones");
  }

  /** What happened, as {@link UpstreamHealth} takes it. */
  @FunctionalInterface
  private interface HealthEvent {
    void happen(UpstreamHealth health, long nowNs);
  }

  private void record(HealthEvent event, String why) {
    UpstreamState before;
    UpstreamState after;
    synchronized (this) {
      before = health.state();
      event.happen(health, System.nanoTime());
      after = health.state();
    }
    if (before != after) {
      tell(after, why);
      onChange.accept(this, after);
    }
  }

  private void tell(UpstreamState state, String why) {
    if (changes.count() > 0) {
      String consequence =
          switch (state) {
            case HEALTHY -> "its share of fetches grows again";
            case SUSPECT -> "others are asked first, and it is probed";
            case DOWN -> "it is asked last, and probed";
          };
      String name = state.name().toLowerCase(Locale.ROOT);
      LOG.log(Level.INFO, "fetch: {0} is {1}: {2}; {3}", describe(), name, why, consequence);
    }
  }

  synchronized void close() {
    closed = true;
    closeIdle();
  }
}
