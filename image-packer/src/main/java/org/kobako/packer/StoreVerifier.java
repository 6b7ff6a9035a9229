package org.kobako.packer;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.BlockException;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.IndexTrust;
import org.kobako.block.format.StorePath;

/**
 * Looks whether a store can do what it promises: every index is well-formed and trusted, and every
 * block that one names is there, has the right digest and decompresses to its plain length.
 *
 * <p>Takes no lock and changes nothing, so that it works on a store that is read-only or in use.
 */
public final class StoreVerifier {
  /** Sentences that a report holds at most. */
  public static final int MAX_PROBLEMS = 1000;

  private final StoreDirectory store;
  private final IndexTrust trust;
  private final Progress progress;
  private final Problems problems = new Problems();

  private StoreVerifier(StoreDirectory store, IndexTrust trust, Progress progress) {
    this.store = store;
    this.trust = trust;
    this.progress = progress;
  }

  /**
   * Verifies a whole store, on all cores.
   *
   * @throws IOException if the store cannot be listed; whatever is wrong in it is in the report
   */
  public static VerifyReport verify(StoreDirectory store, IndexTrust trust, Progress progress)
      throws IOException {
    return new StoreVerifier(store, trust, progress).run();
  }

  private VerifyReport run() throws IOException {
    long startNs = System.nanoTime();
    List<ImageName> images = store.images();
    List<BlockIndex> indexes = readIndexes(images);
    BlockCounts counts = verifyBlocks(indexes);
    return new VerifyReport(
        images.size(),
        indexes.size(),
        counts.blocks,
        counts.storedBytes,
        counts.orphans,
        problems.count,
        problems.sentences,
        Duration.ofNanos(System.nanoTime() - startNs));
  }

  private List<BlockIndex> readIndexes(List<ImageName> images) throws IOException {
    List<BlockIndex> indexes = new ArrayList<>();
    for (ImageName image : images) {
      List<Long> versions = store.versions(image);
      for (long version : versions) {
        try {
          indexes.add(store.readIndex(image, version, trust));
        } catch (BlockException e) {
          problems.add("image %s version %d: %s".formatted(image, version, e.getMessage()));
        }
      }
      try {
        OptionalLong current = store.currentVersion(image);
        if (current.isPresent() && !versions.contains(current.getAsLong())) {
          problems.add(
              "image %s: its current version %d has no index; pack it again"
                  .formatted(image, current.getAsLong()));
        }
      } catch (BlockException e) {
        problems.add("image %s: %s".formatted(image, e.getMessage()));
      }
    }
    return indexes;
  }

  private BlockCounts verifyBlocks(List<BlockIndex> indexes) throws IOException {
    BlockCounts counts = new BlockCounts();
    int blockSizeBytes =
        indexes.stream().mapToInt(BlockIndex::blockSizeBytes).max().orElse(BlockSize.MIN_BYTES);
    long totalBytes = indexes.stream().mapToLong(BlockIndex::storedLengthSum).sum();
    int workers = Runtime.getRuntime().availableProcessors();
    try (WorkerRing<BlockTask> ring =
        new WorkerRing<>(
            "verify",
            workers,
            4 * workers,
            BlockTask::new,
            () -> new VerifyWorker(blockSizeBytes))) {
      int passes = NamedBlocks.passes(indexes);
      for (int pass = 0; pass < passes; pass++) {
        NamedBlocks named = new NamedBlocks(indexes);
        named.addAll(
            pass,
            passes,
            (index, number) -> {
              BlockTask task = ring.acquire();
              task.set(index, number);
              ring.submit(task);
              counts.blocks++;
              counts.storedBytes += index.storedLength(number);
              progress.step("verifying", counts.storedBytes, totalBytes);
            });
        counts.orphans += orphans(named, pass, passes);
      }
      ring.finish();
    }
    return counts;
  }

  private long orphans(NamedBlocks named, int pass, int passes) throws IOException {
    long[] orphans = {0};
    int end = NamedBlocks.firstByteOf(pass + 1, passes);
    for (int first = NamedBlocks.firstByteOf(pass, passes); first < end; first++) {
      store.forEachBlockFile(
          first,
          (file, digestHex) -> {
            if (!named.contains(BlockDigest.ofHex(digestHex))) {
              orphans[0]++;
            }
          });
    }
    return orphans[0];
  }

  private static final class BlockCounts {
    private long blocks;
    private long storedBytes;
    private long orphans;
  }

  /** One thread's tools. */
  private final class VerifyWorker implements WorkerRing.Worker<BlockTask> {
    private final PlainReader reader;

    VerifyWorker(int blockSizeBytes) {
      this.reader = new PlainReader(store, blockSizeBytes);
    }

    @Override
    public void work(BlockTask task) {
      try {
        reader.read(task);
      } catch (BlockException e) {
        if (isStillThere(task.index())) {
          problems.add(
              "image %s version %d: %s"
                  .formatted(task.index().image(), task.index().version(), e.getMessage()));
        }
      }
    }

    @Override
    public void close() {}
  }

  /** A collector may have removed the version, and then its blocks, since its index was read. */
  private boolean isStillThere(BlockIndex index) {
    return Files.exists(new StorePath.Index(index.image(), index.version()).in(store.root()));
  }

  private static final class Problems {
    private final List<String> sentences = new ArrayList<>();
    private long count;

    synchronized void add(String sentence) {
      count++;
      if (sentences.size() < MAX_PROBLEMS) {
        sentences.add(sentence);
      }
    }
  }
}
