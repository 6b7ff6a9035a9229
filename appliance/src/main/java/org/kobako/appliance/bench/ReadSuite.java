package org.kobako.appliance.bench;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.function.Consumer;
import org.kobako.appliance.box.Box;
import org.kobako.appliance.box.BoxConfig;
import org.kobako.appliance.box.Installation;
import org.kobako.appliance.child.ChildKobako;
import org.kobako.appliance.demo.DemoRoot;
import org.kobako.block.client.bench.FuseReadBench;
import org.kobako.block.client.bench.MemoryDisk;
import org.kobako.block.client.bench.ReadAllocationBench;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.block.client.fetch.UpstreamUrl;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.Codec;
import org.kobako.block.format.ImageName;
import org.kobako.packer.ImagePacker;
import org.kobako.packer.PackRequest;
import org.kobako.packer.Progress;
import org.kobako.packer.bench.PackBench;

/** The suite {@code read}: packing, the read path's allocations, and reads through FUSE. */
final class ReadSuite {
  private static final int ALLOCATION_READS = 100_000;
  private static final int PACK_ROUNDS = 5;
  private static final int CACHED_BYTES = 128 << 20;
  private static final int FUSE_THREADS = 8;
  private static final int FUSE_JOBS = 4;
  private static final int FUSE_ROUNDS = 31;
  private static final Duration FUSE_ROUND = Duration.ofMillis(300);
  private static final int PAGE_BYTES = 4096;

  private ReadSuite() {}

  /**
   * Measures; rows come one by one, as they are there.
   *
   * @param scratch an empty directory
   */
  static void run(Path scratch, Consumer<BenchRow> rows)
      throws IOException, InterruptedException, CommandFailedException {
    DemoRoot root = DemoRoot.make(scratch);
    pack(root, scratch, rows);
    allocations(root, scratch, rows);
    fuse(scratch, rows);
  }

  private static void pack(DemoRoot root, Path scratch, Consumer<BenchRow> rows)
      throws IOException, InterruptedException {
    for (Codec codec : new Codec[] {Codec.ZSTD, Codec.ZLIB, Codec.LZO, Codec.LZ4}) {
      int level = levelOfMksquashfs(codec);
      Path work = Files.createDirectory(scratch.resolve("pack-" + codec.word()));
      PackBench.Result result = PackBench.run(root.disk(), codec, level, PACK_ROUNDS, work);
      rows.accept(
          new BenchRow(
              codec == Codec.ZSTD ? "pack" : "pack-" + codec.word(),
              result.oursMbPerSecond(),
              result.peerMbPerSecond(),
              result.ratio(),
              "MB/s",
              "an ext4 disk by %s level %d, against mksquashfs".formatted(codec.word(), level)));
    }
  }

  /** Its defaults, which are ours too. */
  private static int levelOfMksquashfs(Codec codec) {
    return switch (codec) {
      case NONE -> 0;
      case ZLIB -> 9;
      case LZO -> 8;
      case LZ4 -> 1;
      case ZSTD -> 15;
    };
  }

  private static void allocations(DemoRoot root, Path scratch, Consumer<BenchRow> rows)
      throws IOException {
    Path store = scratch.resolve("store");
    for (Codec codec : Codec.values()) {
      PackRequest request = PackRequest.of(root.disk(), store, imageOf(codec));
      ImagePacker.pack(request.withCodec(codec, 0), Progress.NONE);
    }
    try (Box box =
        Box.start(
            BoxConfig.httpOnly(store, InetAddress.getLoopbackAddress(), 0), Installation.NONE)) {
      for (Codec codec : Codec.values()) {
        ReadAllocationBench.Result result =
            ReadAllocationBench.run(UpstreamUrl.parse(box.url()), imageOf(codec), ALLOCATION_READS);
        rows.accept(
            new BenchRow(
                "allocated-bytes-per-read-" + codec.word(),
                result.bytesPerRead(),
                null,
                null,
                "bytes/read",
                "%d reads of 4 KiB, %.2f fetches each"
                    .formatted(ALLOCATION_READS, result.fetchesPerRead())));
      }
    }
  }

  private static ImageName imageOf(Codec codec) {
    return new ImageName("bench-" + codec.word());
  }

  /** A whole attach: every block lies in the block cache when the measurement begins. */
  private static void fuse(Path scratch, Consumer<BenchRow> rows)
      throws IOException, InterruptedException {
    Path work = Files.createDirectory(scratch.resolve("fuse"));
    Path disk = work.resolve("disk");
    writePattern(disk);
    Path store = work.resolve("store");
    ImageName image = new ImageName("cached");
    ImagePacker.pack(PackRequest.of(disk, store, image).withCodec(Codec.NONE, 0), Progress.NONE);
    try (Box box =
            Box.start(
                BoxConfig.httpOnly(store, InetAddress.getLoopbackAddress(), 0), Installation.NONE);
        ChildKobako attach =
            ChildKobako.start(
                work.resolve("attach.log"),
                "attach",
                image.value(),
                "--from",
                box.url(),
                "--mount",
                work.resolve("ours").toString(),
                "--cache",
                "256M")) {
      Path ours = work.resolve("ours").resolve(image.value());
      fillCache(ours);
      FuseReadBench.Result result =
          new FuseReadBench(work, CACHED_BYTES, FUSE_THREADS, FUSE_JOBS, FUSE_ROUNDS, FUSE_ROUND)
              .against(ours);
      rows.accept(
          new BenchRow(
              "fuse-cached-128k",
              result.oursMbPerSecond(),
              result.peerMbPerSecond(),
              result.ratio(),
              "MB/s",
              "random reads past the page cache, out of the block cache, against libfuse in C"));
    }
  }

  private static void writePattern(Path disk) throws IOException {
    ByteBuffer words = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel file =
        FileChannel.open(disk, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (long at = 0; at < CACHED_BYTES; at += words.capacity()) {
        for (int i = 0; i < words.capacity(); i += Long.BYTES) {
          words.putLong(i, MemoryDisk.wordAt(at + i));
        }
        words.clear();
        while (words.hasRemaining()) {
          file.write(words);
        }
      }
    }
  }

  /**
   * A read of part of a block leaves the block in the cache; past the page cache, or it would too.
   */
  private static void fillCache(Path file) throws IOException {
    ByteBuffer page = ByteBuffer.allocateDirect(2 * PAGE_BYTES).alignedSlice(PAGE_BYTES);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, ExtendedOpenOption.DIRECT)) {
      for (long at = 0; at < CACHED_BYTES; at += BlockSize.DEFAULT_BYTES) {
        channel.read(page.clear().limit(PAGE_BYTES), at);
      }
    }
  }
}
