package org.kobako.block.client.fetch;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kobako.block.client.resolve.NameServers;
import org.kobako.block.client.resolve.StubResolver;
import org.kobako.block.format.BlockException;
import org.kobako.block.format.BlockRequest;
import org.kobako.block.format.BlockSource;
import org.kobako.block.format.CorruptBlockException;
import org.kobako.block.format.FetchedBlock;
import org.kobako.block.format.MissingBlockException;
import org.kobako.block.format.ReaderAgent;
import org.kobako.block.format.StorePath;
import org.kobako.block.format.UnreachableSourceException;
import org.kobako.block.format.VerifiedBlock;
import org.kobako.block.format.digest.Digester;

/**
 * All stores that an image can be fetched from, as one: a fetch succeeds while any of them has a
 * sound copy.
 *
 * <p>A URL whose host is an address is one upstream. One whose host is a name stands for all
 * addresses that the name has at the moment ({@link UpstreamNames}), {@value #MAX_UPSTREAMS} in
 * all.
 *
 * <p>Order of asking: healthy before suspect before down ({@link UpstreamState}); among equals
 * those that the DNS has first, as it balances the load; among these, and where there are no names,
 * the one that is expected to answer first. One that is missing the block, has a corrupt copy or
 * does not answer in time is passed over for this round. Where all answered and none is sound, a
 * second round asks past every cache on the way, then the fetch fails; where one gave no answer,
 * rounds go on, each more patient, until {@code patience} is over.
 *
 * <p>A fetch whose upstream is late ({@link AnswerTimes}) is hedged: another is asked as well, and
 * the first sound copy wins ({@link RunningFetch}), for at most 5 % of the fetches ({@link
 * HedgeBudget}). Where the late one is known to be unwell, it is not waited for at all.
 *
 * <p>Threads: callers' own; "kobako-deadlines"; "kobako-hedge-N"; "kobako-upstream-probe", which
 * asks those that are not healthy whether they are again; "kobako-resolve". All end with {@link
 * #close}.
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

  private final @Nullable UpstreamUrl proxy;
  private final Deadlines deadlines = new Deadlines(this::late);
  private final Hedgers hedgers = new Hedgers(this, deadlines);
  private final HedgeBudget budget = new HedgeBudget();
  private final UpstreamNames names;
  private final Prober prober;
  private final long patienceNs;
  private final FetchCounters counters = new FetchCounters();
  private final SparseLog failures = new SparseLog();
  private final AgentLine agent = new AgentLine();

  /** The block that was fetched last; guarded by itself. */
  private final BlockRequest newest = new BlockRequest();

  /** Those in use; a new list whenever a name stands for others. */
  private volatile List<Upstream> upstreams;

  // All below is guarded by this.
  private final List<RunningFetch> unused = new ArrayList<>();
  private boolean closed;

  /**
   * @param proxy a forward proxy to go through, which then finds what names stand for, or null
   * @param nameServers who knows what names stand for
   * @param probePath a small file that a sound upstream has
   * @param patience how long a fetch goes on asking upstreams that do not answer
   */
  public Upstreams(
      List<UpstreamUrl> urls,
      @Nullable UpstreamUrl proxy,
      NameServers nameServers,
      StorePath probePath,
      Duration patience) {
    if (urls.isEmpty() || urls.size() > MAX_UPSTREAMS) {
      throw new IllegalArgumentException(
          urls.size() + " upstreams are refused: expected 1-" + MAX_UPSTREAMS);
    }
    this.proxy = proxy;
    this.patienceNs = patience.toNanos();
    StubResolver resolver = new StubResolver(nameServers);
    List<Upstream> fixed = new ArrayList<>();
    List<UpstreamUrl> named = new ArrayList<>();
    for (UpstreamUrl url : urls) {
      if (proxy == null && url.isName() && resolver.answersFor(url.host())) {
        named.add(url);
      } else {
        fixed.add(new Upstream(url, proxy, null, fixed.size(), agent, this::changed));
      }
    }
    this.upstreams = List.copyOf(fixed);
    this.names = new UpstreamNames(named, resolver, this::follow);
    names.start();
    this.prober = new Prober(this, deadlines, probePath);
  }

  /** Says it to all upstreams from the next request on. */
  public void readAs(ReaderAgent reader) {
    agent.set(reader);
  }

  /** A name stands for these addresses from now on. */
  private synchronized void follow(UpstreamUrl url, List<InetAddress> inOrder) {
    List<Upstream> before = upstreams;
    List<Upstream> after = new ArrayList<>();
    int bits = 0;
    boolean known = false;
    for (Upstream upstream : before) {
      known |= upstream.url().equals(url);
      if (!upstream.url().equals(url) || inOrder.contains(upstream.address())) {
        after.add(upstream);
        bits |= upstream.bit();
      } else {
        upstream.close();
      }
    }
    for (int rank = 0; rank < inOrder.size(); rank++) {
      InetAddress address = inOrder.get(rank);
      Upstream at = find(after, url, address);
      int number = Integer.numberOfTrailingZeros(~bits);
      if (at == null && number < MAX_UPSTREAMS) {
        at = new Upstream(url, proxy, address, number, agent, this::changed);
        after.add(at);
        bits |= at.bit();
        if (known) {
          at.join();
        }
      }
      if (at != null) {
        at.setRank(rank);
      }
    }
    upstreams = List.copyOf(after);
    notifyAll();
  }

  private static @Nullable Upstream find(
      List<Upstream> upstreams, UpstreamUrl url, InetAddress address) {
    for (Upstream upstream : upstreams) {
      if (upstream.url().equals(url) && address.equals(upstream.address())) {
        return upstream;
      }
    }
    return null;
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
        if (telling == null) {
          telling = nowhere();
          unanswered = true;
        }
        boolean again = unanswered || (corrupt && !pastCaches);
        if (isClosed() || !again || System.nanoTime() - startNs > patienceNs) {
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

  private UnreachableSourceException nowhere() {
    return new UnreachableSourceException("no address is known of " + names.unknown());
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
    List<Upstream> all = upstreams;
    Upstream best = best(all, asked, UpstreamState.DOWN);
    for (int i = 0; i < all.size(); i++) {
      Upstream other = all.get(i);
      if (other != best && (asked & other.bit()) == 0) {
        other.passOver();
      }
    }
    return best;
  }

  /** Whom to ask beside those that were asked and are late; null if nobody is well enough. */
  @Nullable Upstream another(int asked) {
    return best(upstreams, asked, UpstreamState.SUSPECT);
  }

  private static @Nullable Upstream best(List<Upstream> all, int asked, UpstreamState worst) {
    long nowNs = System.nanoTime();
    Upstream best = null;
    int bestPlace = 0;
    long bestNs = 0;
    for (int i = 0; i < all.size(); i++) {
      Upstream upstream = all.get(i);
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

  /**
   * Healthy ones first, then those that return and this fetch is none of their share; among each,
   * as the DNS has them.
   */
  private static int place(Upstream upstream, UpstreamState state, long nowNs) {
    int place = state.ordinal() + 1;
    if (state == UpstreamState.HEALTHY) {
      int share = upstream.share(nowNs);
      boolean shared =
          share == UpstreamHealth.WHOLE
              || ThreadLocalRandom.current().nextInt(UpstreamHealth.WHOLE) < share;
      place = shared ? 0 : 1;
    }
    return place * MAX_UPSTREAMS + upstream.rank();
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
    UpstreamState state = upstream.state();
    Upstream other = another(fetch.asked());
    if (other == null || other.state().compareTo(state) > 0) {
      return;
    }
    if (state != UpstreamState.HEALTHY && other.state() == UpstreamState.HEALTHY) {
      exchange.end(Exchange.Ending.EXPIRED);
    } else if (!fetch.wasOffered() && !budget.isEmpty() && hedgers.offer(fetch)) {
      budget.take();
      fetch.setOffered();
      counters.hedge();
    }
  }

  /**
   * Whoever waits for somebody to be well again looks anew; for one that fails, there may be more.
   */
  private void changed(Upstream upstream, UpstreamState state) {
    if (state != UpstreamState.HEALTHY) {
      names.refresh(upstream.url());
      return;
    }
    synchronized (this) {
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

  /**
   * A file below the store as each upstream has it, the sound ones first: each is fetched when the
   * caller comes to it.
   */
  public Iterable<Copy> copies(StorePath path, int maxBytes) {
    List<Upstream> all = new ArrayList<>(upstreams);
    all.sort(Comparator.comparing(Upstream::state));
    Stream<Copy> copies = all.stream().map(upstream -> copy(upstream, path, maxBytes));
    if (all.isEmpty()) {
      copies = Stream.of(new Copy(names.unknown().toString(), null, nowhere()));
    }
    return copies::iterator;
  }

  private Copy copy(Upstream upstream, StorePath path, int maxBytes) {
    Exchange exchange = new Exchange(deadlines);
    try {
      ByteBuffer bytes = upstream.fetchFile(path.relative(), maxBytes, FILE_LIMIT_NS, exchange);
      return new Copy(upstream.describe(), bytes, null);
    } catch (BlockException e) {
      return new Copy(upstream.describe(), null, e);
    }
  }

  /**
   * One upstream's answer for a file.
   *
   * @param bytes from position to limit; null where {@code failure} says why not
   */
  public record Copy(String from, @Nullable ByteBuffer bytes, @Nullable BlockException failure) {}

  public FetchCounters counters() {
    return counters;
  }

  /** States in the order of the addresses given; then those that names stand for. */
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
    names.close();
    prober.close();
    hedgers.close();
    deadlines.close();
    for (Upstream upstream : upstreams) {
      upstream.close();
    }
  }
}
