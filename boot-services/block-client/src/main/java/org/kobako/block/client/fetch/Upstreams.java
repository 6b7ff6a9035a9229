package org.kobako.block.client.fetch;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.BlockException;
import org.kobako.block.format.BlockRequest;
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
 * <p>Order of asking: healthy before suspect before down ({@link UpstreamState}); among equals the
 * one that is expected to answer first. One that is missing the block, has a corrupt copy or does
 * not answer in time is passed over for this round. Where all answered and none is sound, a second
 * round asks past every cache on the way, then the fetch fails; where one gave no answer, rounds go
 * on, each more patient, until {@code patience} is over.
 *
 * <p>A fetch whose upstream is late ({@link AnswerTimes}) is hedged: another is asked as well, and
 * the first sound copy wins ({@link RunningFetch}), for at most 5 % of the fetches ({@link
 * HedgeBudget}). Where the late one is known to be unwell, it is not waited for at all.
 *
 * <p>Threads: callers' own; "kobako-deadlines"; "kobako-hedge-N"; "kobako-upstream-probe", which
 * asks those that are not healthy whether they are again. All end with {@link #close}.
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
  private static final int FIRST_PAUSE_MS = 50;
  private static final int MAX_PAUSE_MS = 1000;

  private final List<Upstream> upstreams;
  private final Deadlines deadlines = new Deadlines(this::late);
  private final Hedgers hedgers = new Hedgers(this, deadlines);
  private final HedgeBudget budget = new HedgeBudget();
  private final Prober prober;
  private final long patienceNs;
  private final FetchCounters counters = new FetchCounters();
  private final SparseLog failures = new SparseLog();

  /** The block that was fetched last; guarded by itself. */
  private final BlockRequest newest = new BlockRequest();

  // All below is guarded by this.
  private final List<RunningFetch> unused = new ArrayList<>();
  private boolean closed;

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
    this.patienceNs = patience.toNanos();
    List<Upstream> all = new ArrayList<>();
    for (UpstreamUrl url : urls) {
      all.add(new Upstream(url, proxy, null, all.size(), this::changed));
    }
    this.upstreams = List.copyOf(all);
    this.prober = new Prober(this, deadlines, probePath);
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
    budget.add();
    RunningFetch running = begin(block);
    BlockException telling = null;
    boolean pastCaches = false;
    try {
      for (int round = 0; ; round++) {
        boolean unanswered = false;
        boolean corrupt = false;
        Upstream next;
        while ((next = choose(running.asked())) != null) {
          running.asks(next);
          try {
            VerifiedBlock verified =
                next.fetch(block, digester, pastCaches, limitNs(next, round), running.exchange());
            fetched(block, telling != null, startNs);
            return verified;
          } catch (BlockException e) {
            if (running.settle()) {
              return takeOver(running, block, digester, startNs);
            }
            unanswered |= e instanceof UnreachableSourceException;
            corrupt |= e instanceof CorruptBlockException;
            telling = moreTelling(telling, e);
            tell(e);
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
        running.askAgain();
      }
    } finally {
      end(running);
    }
  }

  private @Nullable VerifiedBlock takeOver(
      RunningFetch running, FetchedBlock block, @Nullable Digester digester, long startNs)
      throws BlockException {
    running.takeOver();
    VerifiedBlock verified = digester == null ? null : block.verify(digester);
    counters.hedgeWon();
    fetched(block, false, startNs);
    return verified;
  }

  private void fetched(FetchedBlock block, boolean afterFailure, long startNs) {
    counters.fetched(block.storedLength(), afterFailure, System.nanoTime() - startNs);
    synchronized (newest) {
      newest.set(block.requested());
    }
  }

  private RunningFetch begin(FetchedBlock block) {
    RunningFetch running;
    synchronized (this) {
      running = unused.isEmpty() ? new RunningFetch(deadlines) : unused.removeLast();
    }
    running.begin(block);
    return running;
  }

  private void end(RunningFetch running) {
    running.finish();
    synchronized (this) {
      unused.add(running);
    }
  }

  /** The next upstream to ask, or null when all of {@code asked} were. */
  private @Nullable Upstream choose(int asked) {
    Upstream best = best(asked, UpstreamState.DOWN);
    for (int i = 0; i < upstreams.size(); i++) {
      Upstream other = upstreams.get(i);
      if (other != best && (asked & other.bit()) == 0) {
        other.passOver();
      }
    }
    return best;
  }

  /** Whom to ask beside those that were asked and are late; null if nobody is well enough. */
  @Nullable Upstream another(int asked) {
    return best(asked, UpstreamState.SUSPECT);
  }

  private @Nullable Upstream best(int asked, UpstreamState worst) {
    long nowNs = System.nanoTime();
    Upstream best = null;
    int bestPlace = 0;
    long bestNs = 0;
    for (int i = 0; i < upstreams.size(); i++) {
      Upstream upstream = upstreams.get(i);
      UpstreamState state = upstream.state();
      if ((asked & upstream.bit()) != 0 || state.compareTo(worst) > 0) {
        continue;
      }
      int place = place(upstream, state, nowNs);
      long expectedNs = upstream.expectedNs();
      if (best == null || place < bestPlace || (place == bestPlace && expectedNs < bestNs)) {
        best = upstream;
        bestPlace = place;
        bestNs = expectedNs;
      }
    }
    return best;
  }

  /** Healthy ones first, then those that return and this fetch is none of their share. */
  private static int place(Upstream upstream, UpstreamState state, long nowNs) {
    if (state != UpstreamState.HEALTHY) {
      return 1 + state.ordinal();
    }
    int share = upstream.share(nowNs);
    boolean shared =
        share == UpstreamHealth.WHOLE
            || ThreadLocalRandom.current().nextInt(UpstreamHealth.WHOLE) < share;
    return shared ? 0 : 1;
  }

  long limitNs(Upstream upstream, int round) {
    if (upstreams.size() == 1) {
      return Math.min(MAX_LIMIT_NS, ONLY_LIMIT_NS << Math.min(round, 5));
    }
    long usual = upstream.usualFetchNs();
    long first =
        usual == 0 ? FIRST_LIMIT_NS : Math.clamp(usual * USUAL_TIMES, MIN_LIMIT_NS, FIRST_LIMIT_NS);
    return Math.min(MAX_LIMIT_NS, first << Math.min(round, 8));
  }

  /** Called by {@link Deadlines}, at each tick, for each exchange that is late. */
  private void late(Exchange exchange) {
    Upstream upstream = exchange.upstream();
    RunningFetch fetch = exchange.fetch();
    if (upstream == null || fetch == null) {
      return;
    }
    Upstream other = another(fetch.asked());
    if (other == null) {
      return;
    }
    if (upstream.state() != UpstreamState.HEALTHY && other.state() == UpstreamState.HEALTHY) {
      exchange.end(Exchange.Ending.EXPIRED);
    } else if (!fetch.wasOffered() && !budget.isEmpty() && hedgers.offer(fetch)) {
      budget.take();
      fetch.setOffered();
      counters.hedge();
    }
  }

  /** Whoever waits for somebody to be well again looks anew. */
  private synchronized void changed(UpstreamState state) {
    if (state == UpstreamState.HEALTHY) {
      notifyAll();
    }
  }

  List<Upstream> all() {
    return upstreams;
  }

  /** Names the block that was fetched last, if there is one. */
  void copyNewest(BlockRequest into) {
    synchronized (newest) {
      into.set(newest);
    }
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

  /** Counts and logs what an upstream said in place of a sound block. */
  void tell(BlockException e) {
    switch (e) {
      case UnreachableSourceException unreachable -> counters.unreachable();
      case CorruptBlockException corrupt -> counters.corrupt();
      default -> counters.missing();
    }
    int count = failures.count();
    if (count > 0) {
      LOG.log(
          Level.WARNING,
          "fetch: {0}; asking elsewhere ({1} such so far)",
          e.getMessage(),
          Integer.toString(count));
    }
  }

  /** The text of one file below the store as each upstream has it; those without are left out. */
  public List<Copy> fetchFromAll(StorePath path, int maxBytes) {
    List<Copy> copies = new ArrayList<>();
    for (int i = 0; i < upstreams.size(); i++) {
      copies.add(fetchFrom(i, path, maxBytes));
    }
    return copies;
  }

  /** One file from one upstream, by its number from 0. */
  public Copy fetchFrom(int number, StorePath path, int maxBytes) {
    Upstream upstream = upstreams.get(number);
    Exchange exchange = new Exchange(deadlines, null);
    try {
      ByteBuffer bytes = upstream.fetchFile(path.relative(), maxBytes, FILE_LIMIT_NS, exchange);
      return new Copy(number, upstream.describe(), bytes, null);
    } catch (BlockException e) {
      return new Copy(number, upstream.describe(), null, e);
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
    prober.close();
    hedgers.close();
    deadlines.close();
    for (Upstream upstream : upstreams) {
      upstream.close();
    }
  }
}
