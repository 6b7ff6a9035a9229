package org.kobako.caching.proxy;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.JailedFile;
import org.kobako.block.format.StorePath;
import org.kobako.caching.proxy.disk.Cache;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the box for all blocks of some images before a machine does, slowly, so that they are here;
 * and pins them. In a thread of its own, one block after the other.
 */
final class FetchAhead implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FetchAhead.class);

  /** How often it looks for newer versions. */
  private static final Duration ROUND = Duration.ofSeconds(60);

  /** The same where something is not here yet. */
  private static final Duration RETRY = Duration.ofSeconds(5);

  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final int WRITE_TRIES = 100;
  private static final Duration WRITE_PAUSE = Duration.ofMillis(10);

  private final CachingProxyConfig config;
  private final Cache cache;
  private final Map<ImageName, Long> done = new HashMap<>();
  private @Nullable Thread thread;

  FetchAhead(CachingProxyConfig config, Cache cache) {
    this.config = config;
    this.cache = cache;
  }

  void start(HttpClient client, URI own) {
    thread = Thread.ofPlatform().name("fetch-ahead").daemon().start(() -> run(client, own));
  }

  private void run(HttpClient client, URI own) {
    try {
      while (true) {
        Thread.sleep(isAllHere(client, own) ? ROUND : RETRY);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isAllHere(HttpClient client, URI own) throws InterruptedException {
    Map<ImageName, Long> current = new HashMap<>();
    for (ImageName image : config.kept()) {
      currentVersion(client, own, image).ifPresent(version -> current.put(image, version));
    }
    if (!done.entrySet().containsAll(current.entrySet())) {
      cache.unpin();
      for (Map.Entry<ImageName, Long> image : current.entrySet()) {
        fetch(client, own, new StorePath.Index(image.getKey(), image.getValue()));
      }
    }
    return done.keySet().containsAll(config.kept())
        && done.entrySet().containsAll(current.entrySet());
  }

  private static Optional<Long> currentVersion(HttpClient client, URI own, ImageName image)
      throws InterruptedException {
    try {
      ContentResponse answer =
          client
              .newRequest(own.resolve(new StorePath.Current(image).relative()))
              .timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
              .send();
      return answer.getStatus() == HttpStatus.OK_200
          ? StorePath.parseCurrent(new String(answer.getContent(), StandardCharsets.ISO_8859_1))
          : Optional.empty();
    } catch (ExecutionException | TimeoutException noAnswer) {
      return Optional.empty();
    }
  }

  private void fetch(HttpClient client, URI own, StorePath.Index path) throws InterruptedException {
    try {
      if (!get(client, own, path)) {
        LOG.warn("proxy: {} cannot be fetched ahead; tries again", path.relative());
        return;
      }
      if (!isHere(() -> cache.head(path.relative()).isPresent())) {
        done.put(path.image(), path.version()); // it is the box's own, or no disk keeps it
        return;
      }
      Optional<JailedFile> file = cache.open(path.relative());
      if (file.isEmpty()) {
        return;
      }
      try (JailedFile open = file.get()) {
        BlockIndex index =
            BlockIndex.read(
                open.channel().map(FileChannel.MapMode.READ_ONLY, 0, open.lengthBytes()),
                config.trust());
        fetch(client, own, index);
      }
    } catch (IOException e) {
      LOG.warn(
          "proxy: {} cannot be fetched ahead: {}; tries again", path.relative(), e.getMessage());
    }
  }

  private void fetch(HttpClient client, URI own, BlockIndex index) throws InterruptedException {
    BlockDigest digest = new BlockDigest();
    long missing = 0;
    for (int number = 0; number < index.blockCount(); number++) {
      if (index.isZeros(number)) {
        continue;
      }
      index.digest(number, digest);
      StorePath.Block block = new StorePath.Block(digest.toHex());
      if (!cache.has(block)) {
        long startNs = System.nanoTime();
        if (!get(client, own, block) || !isHere(() -> cache.has(block))) {
          missing++;
        }
        long paceNs =
            index.storedLength(number) * TimeUnit.SECONDS.toNanos(1) / config.aheadBytesPerSecond();
        TimeUnit.NANOSECONDS.sleep(paceNs - (System.nanoTime() - startNs));
      }
      cache.pin(block);
    }
    if (missing == 0) {
      done.put(index.image(), index.version());
      LOG.info("proxy: {} {} is here, whole", index.image(), index.version());
    } else {
      LOG.warn(
          "proxy: {} {} is here but for {} blocks; tries again",
          index.image(),
          index.version(),
          missing);
    }
  }

  /** What came is written a moment later, if there is room. */
  private static boolean isHere(BooleanSupplier isHere) throws InterruptedException {
    for (int i = 0; i < WRITE_TRIES; i++) {
      if (isHere.getAsBoolean()) {
        return true;
      }
      Thread.sleep(WRITE_PAUSE);
    }
    return false;
  }

  /** Whether it came whole. */
  private static boolean get(HttpClient client, URI own, StorePath path)
      throws InterruptedException {
    CompletableFuture<Boolean> isWhole = new CompletableFuture<>();
    client
        .newRequest(own.resolve(path.relative()))
        .timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .send(result ->
            isWhole.complete(
                result.isSucceeded() && result.getResponse().getStatus() == HttpStatus.OK_200));
    try {
      return isWhole.get();
    } catch (ExecutionException never) {
      throw new IllegalStateException(never);
    }
  }

  @Override
  public void close() {
    if (thread != null) {
      thread.interrupt();
    }
  }
}
