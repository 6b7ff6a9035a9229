package org.kobako.caching.proxy;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.StoreFiles;
import org.kobako.block.format.StorePath;
import org.kobako.boot.plan.BootFile;
import org.kobako.boot.plan.BootFiles;
import org.kobako.caching.proxy.disk.Cache;
import org.kobako.caching.proxy.fetch.Fetches;
import org.kobako.caching.proxy.fetch.Via;

/**
 * A cache of other stores: what is asked for and not here is fetched from an upstream, sent on as
 * it comes, verified, and kept.
 */
public final class CachingProxy implements AutoCloseable {
  private static final int CONNECT_TIMEOUT_MS = 2_000;
  private static final int IDLE_TIMEOUT_MS = 30_000;
  private static final int HEAD_BYTES = 8 << 10;

  /** How long a fetch waits for a disk that is slower than the network. */
  private static final Duration DISK_PATIENCE = Duration.ofSeconds(1);

  /** Time for what is being written when it closes. */
  private static final int CLOSE_SECONDS = 5;

  private final CachingProxyConfig config;
  private final HttpClient client;
  private final ThreadPoolExecutor writer;
  private final String name;
  private volatile @Nullable Cache cache;
  private volatile @Nullable Fetches fetches;
  private @Nullable FetchAhead ahead;

  /** Does nothing before {@link #start}: nothing is here, and nothing is fetched. */
  public CachingProxy(CachingProxyConfig config) {
    this.config = config;
    this.client = client(config.size());
    this.writer =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(Math.max(1, config.size().maxFetches() / 2)),
            Thread.ofPlatform().name("cache-writer").daemon().factory(),
            this::awaitWriter);
    byte[] random = new byte[4];
    ThreadLocalRandom.current().nextBytes(random);
    this.name = Via.BOX + HexFormat.of().formatHex(random);
  }

  /**
   * Opens the cache, and begins.
   *
   * @throws IOException if the directory cannot be used, with what to do
   */
  public void start() throws IOException {
    Cache opened = Cache.open(config.directory(), config.size().maxBlocks(), config.quotaBytes());
    cache = opened;
    try {
      client.start();
    } catch (Exception e) {
      throw new IOException("the caching proxy does not start: " + e.getMessage(), e);
    }
    fetches =
        new Fetches(
            client,
            config.upstreams(),
            opened,
            config.trust(),
            config.size().maxFetches(),
            writer,
            "1.1 " + name);
  }

  /**
   * Half of all fetches wait for the disk: those that come now wait as well, so that upstreams send
   * no faster than it writes. One that does not write at all is left alone, and the other half goes
   * on without it.
   */
  private void awaitWriter(Runnable task, ThreadPoolExecutor full) {
    Cache slow = started(cache);
    try {
      if (slow.mayWrite()
          && !full.isShutdown()
          && full.getQueue().offer(task, DISK_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
      if (slow.mayWrite()) {
        slow.failed("be written", new IOException("it takes too long"));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new RejectedExecutionException();
  }

  /** Upstreams speak plain HTTP; Jetty would read all certificates of the system: 1 MB of heap. */
  private static final class NoTls extends SslContextFactory.Client {
    @Override
    protected void doStart() {}
  }

  private static HttpClient client(CachingProxyConfig.Size size) {
    ClientConnector connector = new ClientConnector();
    connector.setSelectors(1);
    connector.setSslContextFactory(new NoTls());
    HttpClientTransportOverHTTP transport = new HttpClientTransportOverHTTP(connector);
    transport.setHeaderCacheSize(0); // which would be 100 KB for every connection
    HttpClient client = new HttpClient(transport);
    QueuedThreadPool threads = new QueuedThreadPool(size.threads(), 1);
    threads.setName("proxy");
    client.setExecutor(threads);
    client.setFollowRedirects(false);
    client.setHttpCookieStore(new HttpCookieStore.Empty());
    client.setUserAgentField(null);
    client.setConnectTimeout(CONNECT_TIMEOUT_MS);
    client.setAddressResolutionTimeout(CONNECT_TIMEOUT_MS);
    client.setIdleTimeout(IDLE_TIMEOUT_MS);
    client.setMaxConnectionsPerDestination(size.maxConnections());
    client.setMaxRequestsQueuedPerDestination(size.maxFetches());
    client.setMaxResponseHeadersSize(HEAD_BYTES);
    client.setRequestBufferSize(HEAD_BYTES);
    return client;
  }

  /** The blocks that are here. */
  public StoreFiles blocks() {
    return path ->
        path instanceof StorePath.Block block && cache != null
            ? started(cache).open(block)
            : Optional.empty();
  }

  /** All of a store's files that are here, whether or not they are still good. */
  public StoreFiles files() {
    return path ->
        path instanceof StorePath.Block block
            ? started(cache).open(block)
            : started(cache).open(path.relative());
  }

  /** The boot files that are here, whether or not they are still good. */
  public BootFiles bootFiles() {
    return name ->
        cache == null
            ? Optional.empty()
            : started(cache)
                .open(new Target.Boot(name).relative())
                .map(file ->
                    new BootFile(file.channel(), file.lengthBytes(), file.modifiedEpochSeconds()));
  }

  /**
   * A handler that answers for what is not here, or no longer good, and leaves the rest to another.
   * After {@link #start}.
   *
   * @param local files that have nothing to do with upstreams
   * @param localBoot the same for boot files
   * @param here answers with what is here: those files, and {@link #files} and {@link #bootFiles}
   */
  public Handler handler(StoreFiles local, BootFiles localBoot, Handler here) {
    return new ProxyHandler(started(cache), started(fetches), local, localBoot, here, name);
  }

  /**
   * Begins to fetch ahead what is to be kept, over the box's own HTTP as a machine would.
   *
   * @param own where that is
   */
  public void fetchAhead(URI own) {
    if (!config.kept().isEmpty()) {
      FetchAhead begun = new FetchAhead(config, started(cache));
      begun.start(client, own);
      ahead = begun;
    }
  }

  /** What it does, and has done; after {@link #start}. */
  public ProxyStatus status() {
    Cache held = started(cache);
    return new ProxyStatus(
        held.blocks(), held.usedBytes(), config.quotaBytes(), started(fetches).status());
  }

  private static <T> T started(@Nullable T part) {
    return Objects.requireNonNull(part, "the proxy was not started");
  }

  /** Lets what is being written end. */
  @Override
  public void close() throws IOException {
    if (ahead != null) {
      ahead.close();
    }
    try {
      client.stop();
      writer.shutdown();
      if (!writer.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        writer.shutdownNow();
      }
    } catch (Exception e) {
      throw new IOException("the caching proxy does not stop: " + e.getMessage(), e);
    } finally {
      if (cache != null) {
        started(cache).close();
      }
    }
  }
}
