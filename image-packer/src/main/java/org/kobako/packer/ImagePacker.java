package org.kobako.packer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.kobako.block.format.BlockDigest;
import org.kobako.block.format.BlockException;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.BlockIndexWriter;
import org.kobako.block.format.Codec;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.IndexTrust;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.block.format.codec.Codecs;
import org.kobako.block.format.codec.Compressor;
import org.kobako.block.format.digest.Digester;
import org.kobako.block.format.digest.Digesters;

/**
 * Packs a source into a store.
 *
 * <pre>
 * source -> reader -> ring of plain blocks -> W workers: zeros? compress, digest, keep -> staging
 *                                                                                           |
 *        current &lt;- index &lt;- blocks &lt;- all durable ----------------------------------+
 * </pre>
 *
 * <p>The same source and options give the same bytes, whatever the number of workers. Memory does
 * not grow with the image. Killed at any moment, or out of disk, the store is as it was, perhaps
 * with blocks that no index names yet.
 */
public final class ImagePacker {
  private ImagePacker() {}

  /**
   * Packs one source.
   *
   * @throws PackerException if it cannot be done, with the whole sentence
   * @throws IllegalArgumentException if the codec has no such level
   * @throws UnsupportedOperationException if the codec's library is not installed
   */
  public static PackReport pack(PackRequest request, Progress progress) throws IOException {
    long startNs = System.nanoTime();
    StoreDirectory store = StoreDirectory.openOrCreate(request.store());
    List<ImageName> images = Stripes.members(request.name(), request.stripes());
    Set<ImageName> locked = new LinkedHashSet<>(images);
    locked.add(request.name());
    try (StoreLock lock = StoreLock.ofImages(store.root(), locked, progress)) {
      Staging.removeStale(store);
      try (Staging staging = Staging.begin(store, request.name());
          PackSource source = PackSource.open(request, staging, progress)) {
        Stripes stripes =
            new Stripes(request.stripes(), request.blockSizeBytes(), source.lengthBytes());
        long version = nextVersion(store, images, request.firstVersion());
        Tally tally = new Tally();
        List<Path> indexes =
            writeIndexes(request, stripes, images, version, source, staging, tally, progress);
        staging.publishBlocks(images, progress);
        boolean unchanged = isCurrent(store, images, indexes, request);
        if (!unchanged) {
          publish(staging, images, indexes, version);
        }
        return new PackReport(
            request.name(),
            unchanged ? store.currentVersion(images.getFirst()).orElseThrow() : version,
            unchanged,
            source.lengthBytes(),
            stripes.blocks(),
            tally.zeroBlocks,
            tally.storedBlocks,
            tally.sharedBlocks,
            tally.storedBytes,
            tally.newBytes,
            Duration.ofNanos(System.nanoTime() - startNs));
      }
    } catch (BlockException | PackerException | InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      throw new PackerException(
          "%s cannot be packed into store %s: %s; the store is as it was"
              .formatted(request.source(), request.store(), PackerException.reason(e)),
          e);
    }
  }

  /** All members of an array get the same version, so that a machine can tell that they match. */
  private static long nextVersion(StoreDirectory store, List<ImageName> images, long firstVersion)
      throws IOException {
    long highest = firstVersion - 1;
    for (ImageName image : images) {
      List<Long> versions = store.versions(image);
      highest = Math.max(highest, versions.isEmpty() ? 0 : versions.getLast());
    }
    return highest + 1;
  }

  /** Stages blocks and sealed indexes, one for each image. */
  private static List<Path> writeIndexes(
      PackRequest request,
      Stripes stripes,
      List<ImageName> images,
      long version,
      PackSource source,
      Staging staging,
      Tally tally,
      Progress progress)
      throws IOException {
    List<Path> files = new ArrayList<>();
    List<BlockIndexWriter> indexes = new ArrayList<>();
    try {
      for (ImageName image : images) {
        Path file = staging.file(image + ".index");
        files.add(file);
        indexes.add(
            BlockIndexWriter.create(
                file, image, version, stripes.memberLength(), request.blockSizeBytes()));
      }
      packBlocks(request, stripes, source, staging, indexes, tally, progress);
      source.requireUnchanged();
      for (BlockIndexWriter index : indexes) {
        index.seal(request.signingKey());
      }
      return files;
    } finally {
      for (BlockIndexWriter index : indexes) {
        index.close();
      }
    }
  }

  private static void packBlocks(
      PackRequest request,
      Stripes stripes,
      PackSource source,
      Staging staging,
      List<BlockIndexWriter> indexes,
      Tally tally,
      Progress progress)
      throws IOException {
    int workers = request.workers();
    try (EarlyFlush flush = staging.flushEarly();
        WorkerRing<PlainBlock> ring =
            new WorkerRing<>(
                "pack",
                workers,
                2 * workers + 1,
                () -> new PlainBlock(request.blockSizeBytes()),
                () -> new BlockWorker(request, staging, tally))) {
      long blocks = stripes.blocks();
      int blockSizeBytes = request.blockSizeBytes();
      for (long number = 0; number < blocks; number++) {
        PlainBlock block = ring.acquire();
        source.read(block.bytes.clear());
        block.length = block.bytes.position();
        if (stripes.count() > 1) {
          block.fillUp(blockSizeBytes);
        }
        block.index = indexes.get(stripes.memberOf(number));
        block.number = stripes.numberOf(number);
        ring.submit(block);
        progress.step(
            "packing",
            Math.min(source.lengthBytes(), (number + 1) * blockSizeBytes),
            source.lengthBytes());
      }
      ring.finish();
    }
  }

  /** Whether the current version of every image shows this content, signed by the same key. */
  private static boolean isCurrent(
      StoreDirectory store, List<ImageName> images, List<Path> indexes, PackRequest request)
      throws IOException {
    for (int i = 0; i < images.size(); i++) {
      BlockIndex packed = StoreDirectory.readIndexFile(indexes.get(i), new IndexTrust.Anyone());
      try {
        OptionalLong version = store.currentVersion(images.get(i));
        if (version.isEmpty()) {
          return false;
        }
        BlockIndex current =
            store.readIndex(
                images.get(i),
                version.getAsLong(),
                request.signingKey() == null
                    ? new IndexTrust.Anyone()
                    : new IndexTrust.SignedBy(request.signingKey().trustKey()));
        if (!current.sameContent(packed) || !current.signer().equals(packed.signer())) {
          return false;
        }
      } catch (BlockException damaged) {
        // A new version puts it right.
        return false;
      }
    }
    return true;
  }

  /** The moment of an image: its index is there for good before {@code current} names it. */
  private static void publish(
      Staging staging, List<ImageName> images, List<Path> indexes, long version)
      throws IOException {
    for (int i = 0; i < images.size(); i++) {
      staging.publishIndex(indexes.get(i), images.get(i), version);
    }
    for (ImageName image : images) {
      staging.publishCurrent(image, version);
    }
  }

  /** One item of the ring: a block of the source and its place in an index. */
  private static final class PlainBlock {
    private final OffHeapBuffer plain;
    private final ByteBuffer bytes;
    private int length;
    private int number;
    private BlockIndexWriter index;

    @SuppressWarnings("NullAway.Init") // Set with each use, before any worker sees it.
    PlainBlock(int blockSizeBytes) {
      this.plain = OffHeapBuffer.allocate(blockSizeBytes);
      this.bytes = plain.view();
    }

    /** Zeros beyond the source's end. */
    void fillUp(int blockSizeBytes) {
      for (int i = length; i < blockSizeBytes; i++) {
        bytes.put(i, (byte) 0);
      }
      length = blockSizeBytes;
    }
  }

  /** One thread's tools: plain block in, stored block and index entry out. */
  private static final class BlockWorker implements WorkerRing.Worker<PlainBlock> {
    private final Staging staging;
    private final Tally tally;
    private final Codec codec;
    private final Compressor compressor;
    private final Digester digester = Digesters.newDigester();
    private final BlockDigest digest = new BlockDigest();
    private final OffHeapBuffer compressed;
    private final ByteBuffer zeros;

    BlockWorker(PackRequest request, Staging staging, Tally tally) {
      this.staging = staging;
      this.tally = tally;
      this.codec = request.codec();
      this.compressor = Codecs.newCompressor(codec, request.level());
      this.compressed = OffHeapBuffer.allocate(compressor.storedCapacity(request.blockSizeBytes()));
      this.zeros = ByteBuffer.allocateDirect(request.blockSizeBytes());
    }

    @Override
    public void work(PlainBlock block) throws IOException {
      if (isZeros(block)) {
        block.index.setZeros(block.number);
        tally.addZeros();
        return;
      }
      int compressedLength = compressor.compress(block.plain, block.length, compressed);
      if (compressedLength == Compressor.DOES_NOT_SHRINK) {
        keep(block, Codec.NONE, block.plain, block.length);
      } else {
        keep(block, codec, compressed, compressedLength);
      }
    }

    private void keep(PlainBlock block, Codec codec, OffHeapBuffer stored, int length)
        throws IOException {
      digester.digest(stored, length, digest);
      boolean isNew = staging.put(digest, stored.view().limit(length));
      block.index.setStored(block.number, digest, codec, length);
      tally.addStored(length, isNew);
    }

    /** Compares as wide as the processor can. */
    private boolean isZeros(PlainBlock block) {
      return block.bytes.clear().limit(block.length).equals(zeros.clear().limit(block.length));
    }

    @Override
    public void close() {
      compressor.close();
    }
  }

  /** What the workers did together. */
  private static final class Tally {
    private long zeroBlocks;
    private long storedBlocks;
    private long sharedBlocks;
    private long storedBytes;
    private long newBytes;

    synchronized void addZeros() {
      zeroBlocks++;
    }

    synchronized void addStored(int length, boolean isNew) {
      storedBytes += length;
      if (isNew) {
        storedBlocks++;
        newBytes += length;
      } else {
        sharedBlocks++;
      }
    }
  }
}
