package org.kobako.caching.proxy.fetch;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.IndexTrust;
import org.kobako.boot.plan.Notices;
import org.kobako.caching.proxy.Target;
import org.kobako.caching.proxy.disk.Cache;
import org.kobako.caching.proxy.disk.FileHead;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All fetches that are under way: one for each file, however many machines and boxes ask for it.
 * Where one of the upstreams asks, that may be what a fetch of this box waits for: it joins one
 * whose bytes come already, or begins its own, which ends when it comes to a box a second time.
 */
public final class Fetches {
  private static final Logger LOG = LoggerFactory.getLogger(Fetches.class);

  /** What no upstream has may be there soon. */
  private static final long MISSING_NS = TimeUnit.SECONDS.toNanos(2);

  private static final int MAX_MISSING = 1024;

  private static final Via NOBODY = new Via("");

  /** Memory that is kept for the next fetch: a quarter of a usual block for each there may be. */
  private static final long FREE_BYTES_EACH = 32 << 10;

  private final Means means;
  private final int maxFetches;
  private final Map<Key, Fetch> running = new ConcurrentHashMap<>();

  /** A file, and through which boxes an upstream asks for it, if one does. */
  private record Key(String relative, Via upstream) {}

  /** With those of which a slow machine holds bytes still. */
  private final AtomicInteger live = new AtomicInteger();

  /** By name, when it was found missing: the one found first goes first. */
  private final Map<Key, Long> missing =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Long> eldest) {
          return size() > MAX_MISSING;
        }
      };

  /** Of one fetch. */
  private final class End implements Fetch.Ends {
    private final Key key;

    End(Key key) {
      this.key = key;
    }

    @Override
    public void closed(Fetch fetch) {
      running.remove(key, fetch);
    }

    @Override
    public void missing(Fetch fetch) {
      // Where a box asks, an upstream may only have told of a loop: no other is to believe it.
      boolean isForMachines = fetch.through().isEmpty();
      if (isForMachines) {
        means.cache().drop(key.relative());
      }
      if (isForMachines || !key.upstream().isEmpty()) {
        synchronized (missing) {
          missing.put(key, System.nanoTime());
        }
      }
    }

    @Override
    public void gone(Fetch fetch) {
      live.decrementAndGet();
    }
  }

  /**
   * @param upstreams URLs of stores, each with a slash at its end
   * @param maxFetches at one time; more are told to come again
   * @param writer keeps blocks, one after the other; may refuse
   * @param via what this box is called in requests to upstreams
   */
  public Fetches(
      HttpClient client,
      List<URI> upstreams,
      Cache cache,
      IndexTrust trust,
      int maxFetches,
      Executor writer,
      String via) {
    this.maxFetches = maxFetches;
    this.means =
        new Means(
            client,
            new Upstreams(upstreams),
            cache,
            trust,
            new BlockBuffers(maxFetches * FREE_BYTES_EACH),
            writer,
            new Notices(line -> LOG.warn("proxy: {}", line)),
            new Counters(),
            via);
  }

  /**
   * Answers a request with a file of an upstream, as it comes, or with the one in the cache where
   * an upstream says that it is good.
   *
   * @param stale what the cache has of it
   * @param fromCache answers with that
   */
  public void answer(
      Target target,
      Optional<FileHead> stale,
      Request request,
      Response response,
      Callback callback,
      Handler fromCache) {
    Via through = Via.of(request);
    Key key = new Key(target.relative(), isOfUpstream(request) ? through : NOBODY);
    if (isMissing(key)) {
      Follower.refuse(Refusal.MISSING, response, callback);
      return;
    }
    while (true) {
      Fetch running = running(key);
      if (running != null) {
        Follower follower = new Follower(running, request, response, callback, fromCache);
        if (running.join(follower)) {
          means.counters().coalesced.increment();
          follower.iterate();
          return;
        }
        this.running.remove(key, running);
      }
      if (live.incrementAndGet() > maxFetches) {
        live.decrementAndGet();
        Follower.refuse(Refusal.BUSY, response, callback);
        return;
      }
      Fetch fetch = new Fetch(target, means, stale, through, new End(key));
      Follower follower = new Follower(fetch, request, response, callback, fromCache);
      fetch.join(follower);
      if (this.running.putIfAbsent(key, fetch) == null) {
        follower.iterate();
        fetch.start();
        return;
      }
      live.decrementAndGet();
    }
  }

  private boolean isOfUpstream(Request request) {
    return request.getConnectionMetaData().getRemoteSocketAddress()
            instanceof InetSocketAddress from
        && means.upstreams().all().stream().anyMatch(it -> it.isAt(from.getAddress()));
  }

  private @Nullable Fetch running(Key key) {
    Fetch ofMachines = running.get(new Key(key.relative(), NOBODY));
    return ofMachines != null && ofMachines.isComing() ? ofMachines : running.get(key);
  }

  private boolean isMissing(Key key) {
    synchronized (missing) {
      Long sinceNs = missing.get(key);
      if (sinceNs != null && System.nanoTime() - sinceNs >= MISSING_NS) {
        missing.remove(key);
        return false;
      }
      return sinceNs != null;
    }
  }

  /** What has been done, and how upstreams are. */
  public FetchStatus status() {
    Counters counters = means.counters();
    return new FetchStatus(
        means.upstreams().all().stream()
            .map(it -> new FetchStatus.OfUpstream(it.url(), it.state().name()))
            .toList(),
        counters.asked.sum(),
        counters.bytes.sum(),
        counters.coalesced.sum(),
        counters.unusable.sum());
  }
}
