package org.kobako.block.client.fetch;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.BlockException;
import org.kobako.block.format.BlockSource;
import org.kobako.block.format.CorruptBlockException;
import org.kobako.block.format.FetchedBlock;
import org.kobako.block.format.MissingBlockException;
import org.kobako.block.format.StorePath;
import org.kobako.block.format.UnreachableSourceException;
import org.kobako.block.format.VerifiedBlock;
import org.kobako.block.format.digest.Digester;

/**
 * All stores that an image can be fetched from, as one: a fetch succeeds while any of them has a
 * sound copy.
 *
 * <p>Order of asking: healthy before suspect before down; among equals the one that is expected to
 * answer first. One that is missing the block, has a corrupt copy or does not answer in time is
 * passed over for this round. Where all answered and none is sound, a second round asks past every
 * cache on the way, then the fetch fails; where one gave no answer, rounds go on, each more
 * patient, until {@code patience} is over.
 *
 * <p>Threads: callers' own, and "kobako-upstream-probe", which asks suspect and down upstreams
 * whether they are back; it ends with {@link #close}.
 */
public final class Upstreams implements BlockSource {
  /** Bound of the mask that a fetch keeps of whom it asked. */
  public static final int MAX_UPSTREAMS = 32;

  private static final Logger LOG = System.getLogger("kobako.fetch");

  /** A fetch may take this much longer than this upstream usually needs before another is asked. */
  private static final int USUAL_TIMES = 8;

  private static final long MIN_LIMIT_NS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long FIRST_LIMIT_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long ONLY_LIMIT_NS = TimeUnit.SECONDS.toNanos(3);
  private static final long MAX_LIMIT_NS = TimeUnit.SECONDS.toNanos(30);
  private static final long FILE_LIMIT_NS = TimeUnit.SECONDS.toNanos(5);
  private static final long PROBE_LIMIT_NS = TimeUnit.SECONDS.toNanos(1);
  private static final int PROBE_TICK_MS = 100;
  private static final int FIRST_PAUSE_MS = 50;
  private static final int MAX_PAUSE_MS = 1000;
  private static final int MAX_LOGGED_IN_FULL = 20;

  private final Upstream[] upstreams;
  private final Deadlines deadlines = new Deadlines();
  private final StorePath probePath;
  private final long patienceNs;
  private final Thread prober;
  private final FetchCounters counters = new FetchCounters();
  private boolean closed;
  private int logged;

  /**
   * @param proxy a forward proxy to go through, or null
   * @param probePath a small file that a sound upstream has
   * @param patience how long a fetch goes on asking upstreams that do not answer
   */
  public Upstreams(
      List<UpstreamUrl> urls, @Nullable UpstreamUrl proxy, StorePath probePath, Duration patience) {
    if (urls.isEmpty() || urls.size() > MAX_UPSTREAMS) {
      throw new IllegalArgumentException(
          urls.size() + " upstreams are refused: expected 1-" + MAX_UPSTREAMS);
    }
    this.upstreams = new Upstream[urls.size()];
    for (int i = 0; i < upstreams.length; i++) {
      upstreams[i] = new Upstream(urls.get(i), proxy, deadlines);
    }
    this.probePath = probePath;
    this.patienceNs = patience.toNanos();
    this.prober = Thread.ofPlatform().name("kobako-upstream-probe").daemon().unstarted(this::probe);
    prober.start();
  }

  /** Without verification, for callers that verify by themselves: the first answer wins. */
  @Override
  public void fetch(FetchedBlock block) throws BlockException {
    fetch(block, null);
  }

  /**
   * Fetches a block until one is sound.
   *
   * @return the verified bytes, good until the block's next request
   * @throws MissingBlockException if all upstreams answered and none has it
   * @throws CorruptBlockException if all answered and every copy is corrupt
   * @throws UnreachableSourceException if patience is over
   */
  public VerifiedBlock fetchVerified(FetchedBlock block, Digester digester) throws BlockException {
    VerifiedBlock verified = fetch(block, digester);
    if (verified == null) {
      throw new IllegalStateException("a fetch with a digester verifies");
    }
    return verified;
  }

  private @Nullable VerifiedBlock fetch(FetchedBlock block, @Nullable Digester digester)
      throws BlockException {
    long startNs = System.nanoTime();
    BlockException telling = null;
    boolean pastCaches = false;
    for (int round = 0; ; round++) {
      boolean unanswered = false;
      boolean corrupt = false;
      int asked = 0;
      int next;
      while ((next = choose(asked)) >= 0) {
        asked |= 1 << next;
        Upstream upstream = upstreams[next];
        try {
          upstream.fetch(block, pastCaches, limitNs(upstream, round));
          VerifiedBlock verified = digester == null ? null : verify(block, digester, upstream);
          counters.fetched(block.storedLength(), telling != null, System.nanoTime() - startNs);
          return verified;
        } catch (UnreachableSourceException e) {
          unanswered = true;
          telling = moreTelling(telling, e);
          counters.unreachable();
          log(e);
        } catch (CorruptBlockException e) {
          corrupt = true;
          telling = moreTelling(telling, e);
          counters.corrupt();
          log(e);
        } catch (BlockException e) {
          telling = moreTelling(telling, e);
          counters.missing();
          log(e);
        }
      }
      boolean again = unanswered || (corrupt && !pastCaches);
      if (isClosed() || !again || System.nanoTime() - startNs > patienceNs) {
        if (telling == null) {
          throw new IllegalStateException("no upstream was asked");
        }
        throw telling;
      }
      pastCaches = corrupt;
      if (unanswered) {
        pause(round);
      }
    }
  }

  private static VerifiedBlock verify(FetchedBlock block, Digester digester, Upstream upstream)
      throws CorruptBlockException {
    try {
      return block.verify(digester);
    } catch (CorruptBlockException e) {
      throw new CorruptBlockException(upstream.describe() + ": " + e.getMessage(), e);
    }
  }

  /** The next upstream to ask, or -1 when all of {@code asked} were. */
  private int choose(int asked) {
    int best = -1;
    UpstreamState bestState = UpstreamState.DOWN;
    long bestNs = 0;
    for (int i = 0; i < upstreams.length; i++) {
      if ((asked & 1 << i) != 0) {
        continue;
      }
      UpstreamState state = upstreams[i].state();
      long expectedNs = upstreams[i].expectedNs();
      int order = best < 0 ? -1 : state.compareTo(bestState);
      if (order < 0 || (order == 0 && expectedNs < bestNs)) {
        best = i;
        bestState = state;
        bestNs = expectedNs;
      }
    }
    for (int i = 0; i < upstreams.length; i++) {
      if (i != best && (asked & 1 << i) == 0) {
        upstreams[i].passOver();
      }
    }
    return best;
  }

  private long limitNs(Upstream upstream, int round) {
    if (upstreams.length == 1) {
      return Math.min(MAX_LIMIT_NS, ONLY_LIMIT_NS << Math.min(round, 5));
    }
    long usual = upstream.usualFetchNs();
    long first =
        usual == 0 ? FIRST_LIMIT_NS : Math.clamp(usual * USUAL_TIMES, MIN_LIMIT_NS, FIRST_LIMIT_NS);
    return Math.min(MAX_LIMIT_NS, first << Math.min(round, 8));
  }

  /** Corrupt tells more than unreachable, unreachable more than missing. */
  private static BlockException moreTelling(@Nullable BlockException before, BlockException now) {
    return before == null || rank(now) >= rank(before) ? now : before;
  }

  private static int rank(BlockException e) {
    return e instanceof CorruptBlockException ? 2 : e instanceof UnreachableSourceException ? 1 : 0;
  }

  private synchronized void pause(int round) {
    try {
      if (!closed) {
        wait(Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS << Math.min(round, 5)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean isClosed() {
    return closed || Thread.currentThread().isInterrupted();
  }

  /**
   * The first of a kind are told in full, later ones now and then: a dead box is one line, not
   * 8,000.
   */
  private void log(BlockException e) {
    int count;
    synchronized (this) {
      count = ++logged;
    }
    if (count <= MAX_LOGGED_IN_FULL || Integer.bitCount(count) == 1) {
      LOG.log(
          Level.WARNING,
          "fetch: {0}; asking elsewhere ({1} such so far)",
          e.getMessage(),
          Integer.toString(count));
    }
  }

  private void probe() {
    while (true) {
      synchronized (this) {
        try {
          if (!closed) {
            wait(PROBE_TICK_MS);
          }
        } catch (InterruptedException e) {
          return;
        }
        if (closed) {
          return;
        }
      }
      long nowNs = System.nanoTime();
      for (Upstream upstream : upstreams) {
        if (upstream.isProbeDue(nowNs)) {
          try {
            upstream.fetchFile(probePath.relative(), 4096, PROBE_LIMIT_NS);
            LOG.log(Level.INFO, "fetch: {0} answers again", upstream.describe());
          } catch (MissingBlockException answers) {
            upstream.recordSuccess();
          } catch (BlockException stillAway) {
            // Recorded by the upstream; the next probe comes later.
          }
        }
      }
    }
  }

  /** The text of one file below the store as each upstream has it; those without are left out. */
  public List<Copy> fetchFromAll(StorePath path, int maxBytes) {
    List<Copy> copies = new ArrayList<>();
    for (int i = 0; i < upstreams.length; i++) {
      copies.add(fetchFrom(i, path, maxBytes));
    }
    return copies;
  }

  /** One file from one upstream, by its number from 0. */
  public Copy fetchFrom(int upstream, StorePath path, int maxBytes) {
    try {
      ByteBuffer bytes = upstreams[upstream].fetchFile(path.relative(), maxBytes, FILE_LIMIT_NS);
      return new Copy(upstream, upstreams[upstream].describe(), bytes, null);
    } catch (BlockException e) {
      return new Copy(upstream, upstreams[upstream].describe(), null, e);
    }
  }

  /**
   * One upstream's answer for a file.
   *
   * @param bytes from position to limit; null where {@code failure} says why not
   */
  public record Copy(
      int upstream, String from, @Nullable ByteBuffer bytes, @Nullable BlockException failure) {}

  public FetchCounters counters() {
    return counters;
  }

  /** States in the order of the addresses given. */
  public List<UpstreamState> states() {
    List<UpstreamState> states = new ArrayList<>();
    for (Upstream upstream : upstreams) {
      states.add(upstream.state());
    }
    return states;
  }

  @Override
  public String describe() {
    List<String> all = new ArrayList<>();
    for (Upstream upstream : upstreams) {
      all.add(upstream.describe());
    }
    return String.join(", ", all);
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    deadlines.close();
    for (Upstream upstream : upstreams) {
      upstream.close();
    }
  }
}
