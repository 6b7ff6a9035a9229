package org.kobako.block.client.fetch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.BlockException;
import org.kobako.block.format.CorruptBlockException;
import org.kobako.block.format.FetchedBlock;
import org.kobako.block.format.MissingBlockException;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.block.format.UnreachableSourceException;

/**
 * One store on the network: its idle connections, its state, and what it usually takes to answer.
 *
 * <p>Used by any number of threads; nothing is allocated per fetch while connections last.
 */
final class Upstream {
  private static final int MAX_IDLE_CONNECTIONS = 32;
  private static final int FAILURES_TO_DOWN = 3;

  /** A file whose length the answer does not say may be so long. */
  private static final int MAX_UNSTATED_BYTES = 32 << 20;

  private static final long FIRST_PROBE_NS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long LAST_PROBE_NS = TimeUnit.SECONDS.toNanos(2);

  /** Weight of the newest fetch in the moving average: 1/8, as TCP's round-trip estimate. */
  private static final int SMOOTHING = 8;

  /** Being passed over 44 times halves the estimate. */
  private static final int STALENESS = 64;

  private final UpstreamUrl url;
  private final @Nullable UpstreamUrl proxy;
  private final Deadlines deadlines;

  // All below is guarded by this.
  private final HttpConnection[] idle = new HttpConnection[MAX_IDLE_CONNECTIONS];
  private int idleCount;
  private boolean closed;
  private int failuresInRow;
  private long probeAtNs;
  private long usualFetchNs;
  private int inFlight;

  Upstream(UpstreamUrl url, @Nullable UpstreamUrl proxy, Deadlines deadlines) {
    this.url = url;
    this.proxy = proxy;
    this.deadlines = deadlines;
  }

  String describe() {
    return proxy == null ? url.toString() : url + " through " + proxy;
  }

  synchronized UpstreamState state() {
    return failuresInRow == 0
        ? UpstreamState.HEALTHY
        : failuresInRow < FAILURES_TO_DOWN ? UpstreamState.SUSPECT : UpstreamState.DOWN;
  }

  /** When the next fetch is expected to be answered, from now: queue times usual time. */
  synchronized long expectedNs() {
    return usualFetchNs * (inFlight + 1);
  }

  /**
   * Another was preferred. What was measured here grows stale, so it is believed a little less each
   * time, until this upstream is asked again and measured anew.
   */
  synchronized void passOver() {
    usualFetchNs -= usualFetchNs / STALENESS;
  }

  /** What a fetch usually takes; 0 before the first. */
  synchronized long usualFetchNs() {
    return usualFetchNs;
  }

  synchronized boolean isProbeDue(long nowNs) {
    return failuresInRow > 0 && nowNs - probeAtNs >= 0;
  }

  /**
   * Fills the block's staging buffer.
   *
   * @param pastCaches asks every cache on the way for a fresh copy
   * @param limitNs how long it may take
   */
  void fetch(FetchedBlock block, boolean pastCaches, long limitNs) throws BlockException {
    long startNs = System.nanoTime();
    synchronized (this) {
      inFlight++;
    }
    boolean sound = false;
    boolean typical = false;
    try {
      typical = fetchOnce(block, pastCaches, startNs + limitNs);
      sound = true;
    } catch (IOException e) {
      if (e instanceof BlockException answer) {
        throw answer;
      }
      recordFailure();
      throw new UnreachableSourceException(describe() + ": " + reason(e), e);
    } finally {
      recordEnd(sound, typical ? System.nanoTime() - startNs : 0);
    }
  }

  /** Answers whether it took what it usually takes: no new connection had to be made. */
  private boolean fetchOnce(FetchedBlock block, boolean pastCaches, long deadlineNs)
      throws IOException {
    HttpConnection connection = ask(block, "", pastCaches, deadlineNs);
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
      return connection.exchanges() > 1;
    } finally {
      release(connection);
    }
  }

  /**
   * Fetches a small or large file below the store.
   *
   * @return its bytes, from position to limit, in a buffer of its own
   * @throws MissingBlockException if the store has no such file
   * @throws CorruptBlockException if it is longer than {@code maxBytes}
   */
  ByteBuffer fetchFile(String relative, int maxBytes, long limitNs) throws BlockException {
    long deadlineNs = System.nanoTime() + limitNs;
    try {
      HttpConnection connection = ask(null, relative, false, deadlineNs);
      try {
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
        recordSuccess();
        return bytes.flip();
      } finally {
        release(connection);
      }
    } catch (BlockException answer) {
      throw answer;
    } catch (IOException e) {
      recordFailure();
      throw new UnreachableSourceException(describe() + ": " + reason(e), e);
    }
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
      @Nullable FetchedBlock block, String relative, boolean pastCaches, long deadlineNs)
      throws IOException {
    while (true) {
      HttpConnection connection = acquire(deadlineNs);
      try {
        if (block != null) {
          connection.getBlock(block.expected(), pastCaches);
        } else {
          connection.get(relative, pastCaches);
        }
        return connection;
      } catch (IOException e) {
        connection.end();
        // A kept connection may have been closed by its peer in the meantime: that is no failure,
        // and the next may be as old.
        boolean stale = connection.exchanges() > 0 && !connection.answered();
        if (!stale || System.nanoTime() - deadlineNs >= 0) {
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
      case 403, 404, 410 -> {
        recordAnswer();
        throw new MissingBlockException(
            describe() + " has no " + what + " (HTTP status " + status + ")");
      }
      default -> throw new IOException("it answers HTTP status " + status + " for " + what);
    }
  }

  private HttpConnection acquire(long deadlineNs) throws IOException {
    synchronized (this) {
      while (idleCount > 0) {
        HttpConnection connection = idle[--idleCount];
        if (connection.isOpen()) {
          connection.begin(deadlineNs);
          return connection;
        }
      }
    }
    HttpConnection connection = open(deadlineNs);
    connection.begin(deadlineNs);
    return connection;
  }

  private HttpConnection open(long deadlineNs) throws IOException {
    return HttpConnection.open(url, proxy, deadlines, deadlineNs);
  }

  private void release(HttpConnection connection) {
    connection.end();
    if (!connection.isOpen()) {
      return;
    }
    synchronized (this) {
      if (!closed && idleCount < MAX_IDLE_CONNECTIONS) {
        idle[idleCount++] = connection;
        return;
      }
    }
    connection.close();
  }

  private synchronized void recordEnd(boolean sound, long typicalFetchNs) {
    inFlight--;
    if (sound) {
      failuresInRow = 0;
    }
    if (typicalFetchNs > 0) {
      usualFetchNs =
          usualFetchNs == 0
              ? typicalFetchNs
              : usualFetchNs + (typicalFetchNs - usualFetchNs) / SMOOTHING;
    }
  }

  synchronized void recordSuccess() {
    failuresInRow = 0;
  }

  /** It answers, though not with what was asked for: not a failure by itself. */
  private synchronized void recordAnswer() {
    if (failuresInRow >= FAILURES_TO_DOWN) {
      failuresInRow = FAILURES_TO_DOWN - 1;
    }
  }

  private synchronized void recordFailure() {
    failuresInRow = Math.min(failuresInRow + 1, Short.MAX_VALUE);
    int doublings = Math.min(failuresInRow - 1, 10);
    probeAtNs = System.nanoTime() + Math.min(LAST_PROBE_NS, FIRST_PROBE_NS << doublings);
    // The others that idle lead to the same dead peer.
    closeIdle();
  }

  private synchronized void closeIdle() {
    while (idleCount > 0) {
      idle[--idleCount].close();
    }
  }

  synchronized void close() {
    closed = true;
    closeIdle();
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }
}
