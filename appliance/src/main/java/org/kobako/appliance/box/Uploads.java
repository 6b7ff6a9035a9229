package org.kobako.appliance.box;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.IndexTrust;
import org.kobako.packer.StoreDirectory;
import org.kobako.packer.StoreUpload;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The uploads that are under way, one for an image and few at once, each by its number. One that
 * nobody sends anything for ends by itself, and gives the image's lock back.
 *
 * <p>Its daemon thread, "upload-end", is there while there are uploads.
 */
final class Uploads {
  private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);

  private static final int MAX_UPLOADS = 2;
  private static final Duration TICK = Duration.ofSeconds(1);

  private final Path store;
  private final IndexTrust trust;
  private final Duration patience;

  // All below is guarded by this.
  private final Map<ImageName, Open> open = new HashMap<>();
  private @Nullable Thread ender;

  /**
   * @param patience how long an upload may be silent
   */
  Uploads(Path store, IndexTrust trust, Duration patience) {
    this.store = store;
    this.trust = trust;
    this.patience = patience;
  }

  /** An upload and who uses it. */
  private static final class Open {
    private final long number = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    private @Nullable StoreUpload upload;
    private int users = 1;
    private long usedNs = System.nanoTime();
  }

  /** What is done with an upload. */
  interface Use<T> {
    T with(StoreUpload upload) throws IOException;
  }

  /** An upload by its number. */
  record Begun(long number, StoreUpload upload) {}

  /**
   * Begins one; an earlier one of the image that nobody sends for just now is over.
   *
   * @return empty if there are too many, or somebody sends another of this image
   * @throws IOException as {@link StoreUpload#begin} does
   */
  Optional<Begun> begin(ImageName image, long version, InputStream index) throws IOException {
    Open begun = new Open();
    synchronized (this) {
      Open earlier = open.get(image);
      if ((earlier != null && earlier.users > 0)
          || (earlier == null && open.size() == MAX_UPLOADS)) {
        return Optional.empty();
      }
      if (earlier != null) {
        close(image, earlier);
      }
      open.put(image, begun);
    }
    try {
      StoreUpload upload =
          StoreUpload.begin(StoreDirectory.open(store), image, version, index, trust);
      synchronized (this) {
        begun.upload = upload;
        begun.users--;
        begun.usedNs = System.nanoTime();
        startEnder();
      }
      return Optional.of(new Begun(begun.number, upload));
    } catch (IOException | RuntimeException e) {
      synchronized (this) {
        open.remove(image, begun);
      }
      throw e;
    }
  }

  /**
   * Does something with an upload.
   *
   * @return empty if there is none of this number any more
   */
  <T> Optional<T> use(ImageName image, long number, Use<T> use) throws IOException {
    Open used;
    StoreUpload upload;
    synchronized (this) {
      used = open.get(image);
      upload = used == null || used.number != number ? null : used.upload;
      if (used == null || upload == null) {
        return Optional.empty();
      }
      used.users++;
    }
    try {
      return Optional.of(use.with(upload));
    } finally {
      synchronized (this) {
        used.users--;
        used.usedNs = System.nanoTime();
      }
    }
  }

  /** Ends one; what has no name by now is removed. */
  synchronized void end(ImageName image, long number) {
    Open ended = open.get(image);
    if (ended != null && ended.number == number && ended.users == 0) {
      close(image, ended);
    }
  }

  private synchronized void close(ImageName image, Open ended) {
    open.remove(image, ended);
    if (ended.upload != null) {
      try {
        ended.upload.close();
      } catch (IOException e) {
        LOG.warn("upload: of {} does not end well: {}", image, e.getMessage());
      }
    }
  }

  private synchronized void startEnder() {
    if (ender == null) {
      ender = Thread.ofPlatform().name("upload-end").daemon().start(this::endSilentOnes);
    }
  }

  private void endSilentOnes() {
    try {
      while (endSilent()) {
        Thread.sleep(TICK);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Answers whether there are others. */
  private synchronized boolean endSilent() {
    long nowNs = System.nanoTime();
    for (Iterator<Map.Entry<ImageName, Open>> all = open.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<ImageName, Open> one = all.next();
      Open silent = one.getValue();
      if (silent.users == 0 && nowNs - silent.usedNs > patience.toNanos()) {
        LOG.warn("upload: nobody goes on with the one of {}; gave it up", one.getKey());
        all.remove();
        close(one.getKey(), silent);
      }
    }
    if (open.isEmpty()) {
      ender = null;
      return false;
    }
    return true;
  }

  /** Ends all, as the box stops. */
  synchronized void close() {
    Map.copyOf(open).forEach(this::close);
  }
}
