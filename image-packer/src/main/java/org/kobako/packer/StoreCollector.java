package org.kobako.packer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.BlockException;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.IndexTrust;
import org.kobako.block.format.StorePath;

/**
 * Removes old versions of images, then the blocks that no version names any more, and what killed
 * packs left.
 *
 * <p>First decides, then does: a kept index that cannot be read stops it before anything is gone.
 * It waits for packs that run, and packs wait for it. Versions go before their blocks, so that a
 * kill at any moment leaves no version without its blocks.
 */
public final class StoreCollector {
  private StoreCollector() {}

  /**
   * Collects a store.
   *
   * @param retention which versions stay
   * @throws PackerException if a kept version cannot be read, or the store not be written
   */
  public static GcReport gc(StoreDirectory store, Retention retention, Progress progress)
      throws IOException {
    try (StoreLock lock = StoreLock.ofStore(store.root(), progress)) {
      return collect(store, retention, progress);
    }
  }

  /**
   * The same for a caller who cannot wait for a pack or another gc.
   *
   * @throws StoreBusyException if there is one
   */
  public static GcReport gcUnlessBusy(StoreDirectory store, Retention retention, Progress progress)
      throws IOException {
    Optional<StoreLock> free = StoreLock.tryStore(store.root());
    if (free.isEmpty()) {
      throw new StoreBusyException(
          "store " + store.root() + " is being packed into or collected: try again after that");
    }
    try (StoreLock lock = free.get()) {
      return collect(store, retention, progress);
    }
  }

  /** The caller holds the store's lock. */
  private static GcReport collect(StoreDirectory store, Retention retention, Progress progress)
      throws IOException {
    long startNs = System.nanoTime();
    try {
      Plan plan = Plan.of(store, retention);
      int stagings = Staging.removeAll(store);
      plan.removeVersions(store);
      BlockSweep sweep =
          BlockSweep.over(store, plan.kept, progress, (file, name) -> Files.deleteIfExists(file));
      return plan.report(false, sweep, stagings, startNs);
    } catch (BlockException | PackerException | InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      throw new PackerException(
          "gc of store %s stops: %s; what it has not removed yet it removes next time"
              .formatted(store.root(), PackerException.reason(e)),
          e);
    }
  }

  /** Says what {@link #gc} would remove now, and changes nothing; packs may run. */
  public static GcReport dryRun(StoreDirectory store, Retention retention, Progress progress)
      throws IOException {
    long startNs = System.nanoTime();
    Plan plan = Plan.of(store, retention);
    BlockSweep sweep = BlockSweep.over(store, plan.kept, progress, (file, name) -> {});
    return plan.report(true, sweep, Staging.count(store), startNs);
  }

  /** Which versions go, and the indexes of those that stay. */
  private record Plan(
      List<StorePath.Index> removed, List<BlockIndex> kept, List<KeptVersion> keptBesides) {
    static Plan of(StoreDirectory store, Retention retention) throws IOException {
      Plan plan = new Plan(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
      for (ImageName image : store.images()) {
        try {
          plan.add(store, image, retention);
        } catch (BlockException e) {
          throw new PackerException(
              "gc removes nothing from store %s: image %s cannot be read, so that nobody knows which blocks it needs: %s; pack it again or remove it"
                  .formatted(store.root(), image, e.getMessage()),
              e);
        }
      }
      return plan;
    }

    private void add(StoreDirectory store, ImageName image, Retention retention)
        throws IOException {
      List<Long> versions = store.versions(image);
      int old = Math.max(0, versions.size() - retention.versions());
      Set<Long> staying = new LinkedHashSet<>(versions.subList(old, versions.size()));
      OptionalLong current = store.currentVersion(image);
      if (current.isPresent()) {
        staying.add(current.getAsLong());
      }
      for (int i = 0; i < versions.size(); i++) {
        StorePath.Index index = new StorePath.Index(image, versions.get(i));
        if (staying.contains(index.version())) {
          continue;
        }
        StorePath next =
            new StorePath.Index(image, versions.get(Math.min(i + 1, versions.size() - 1)));
        Optional<KeptVersion> besides = keptBesides(index, next.in(store.root()), retention);
        if (besides.isPresent()) {
          keptBesides.add(besides.get());
          staying.add(index.version());
        } else {
          removed.add(index);
        }
      }
      for (long version : staying) {
        kept.add(store.readIndex(image, version, new IndexTrust.Anyone()));
      }
    }

    /**
     * @param next the version after it, by whose making it stopped to be current
     */
    private static Optional<KeptVersion> keptBesides(
        StorePath.Index index, Path next, Retention retention) throws IOException {
      for (Retention.InUse use : retention.inUse()) {
        if (use.image().equals(index.image())
            && use.version() == index.version()
            && use.ago().compareTo(retention.grace()) < 0) {
          return Optional.of(new KeptVersion.InUse(index, use.machines(), use.ago()));
        }
      }
      // A clock that was put back makes this negative, and the version stays.
      Duration ago = Duration.between(Files.getLastModifiedTime(next).toInstant(), Instant.now());
      return ago.compareTo(retention.grace()) < 0
          ? Optional.of(new KeptVersion.CurrentLately(index, ago))
          : Optional.empty();
    }

    void removeVersions(StoreDirectory store) throws IOException {
      Set<ImageName> images = new LinkedHashSet<>();
      for (StorePath.Index index : removed) {
        Files.deleteIfExists(
            new StorePath.Profile(index.image(), index.version()).in(store.root()));
        Files.deleteIfExists(index.in(store.root()));
        images.add(index.image());
      }
      // A power cut must not bring an index back without its blocks.
      for (ImageName image : images) {
        Durability.force(store.imageDirectory(image));
      }
    }

    GcReport report(boolean dryRun, BlockSweep sweep, int stagings, long startNs) {
      return new GcReport(
          dryRun,
          removed,
          kept.size(),
          keptBesides,
          sweep.unnamed,
          sweep.unnamedBytes,
          sweep.named,
          stagings,
          Duration.ofNanos(System.nanoTime() - startNs));
    }
  }

  /** One walk over all block files. */
  private static final class BlockSweep {
    private long named;
    private long unnamed;
    private long unnamedBytes;

    static BlockSweep over(
        StoreDirectory store,
        List<BlockIndex> kept,
        Progress progress,
        StoreDirectory.BlockFileVisitor ofUnnamed)
        throws IOException {
      BlockSweep sweep = new BlockSweep();
      int passes = NamedBlocks.passes(kept);
      for (int pass = 0; pass < passes; pass++) {
        NamedBlocks blocks = new NamedBlocks(kept);
        blocks.addAll(pass, passes, null);
        int end = NamedBlocks.firstByteOf(pass + 1, passes);
        for (int first = NamedBlocks.firstByteOf(pass, passes); first < end; first++) {
          store.forEachBlockFile(
              first,
              (file, digestHex) -> {
                if (blocks.contains(BlockDigest.ofHex(digestHex))) {
                  sweep.named++;
                } else {
                  sweep.unnamed++;
                  sweep.unnamedBytes += file.toFile().length();
                  ofUnnamed.visit(file, digestHex);
                }
              });
          progress.step("collecting", sweep.unnamedBytes, 0);
        }
      }
      return sweep;
    }
  }
}
