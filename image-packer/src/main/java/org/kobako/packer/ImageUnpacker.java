package org.kobako.packer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.kobako.block.format.BlockException;
import org.kobako.block.format.BlockIndex;
import org.kobako.block.format.BlockSource;

/** Writes an image back as the disk that it was packed from, verified blocks only. */
public final class ImageUnpacker {
  /** A source over the network answers several requests in the time of one. */
  private static final int MIN_WORKERS = 4;

  private ImageUnpacker() {}

  /**
   * Unpacks an image.
   *
   * <p>A regular file is written under another name beside {@code out}, sparse where the image is
   * zeros, and gets its name when it is whole and on the disk; one that was there is replaced. A
   * block device is written in place.
   *
   * @throws PackerException if {@code out} cannot be written; a regular file is as it was
   * @throws BlockException if a block cannot be had; likewise
   */
  public static UnpackReport unpack(
      BlockSource source, BlockIndex index, Path out, Progress progress) throws IOException {
    long startNs = System.nanoTime();
    long zeroBlocks;
    try {
      zeroBlocks =
          Files.exists(out) && !Files.isDirectory(out) && PackSource.isBlockDevice(out)
              ? writeDevice(source, index, out, progress)
              : writeFile(source, index, out, progress);
    } catch (BlockException | PackerException | InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      throw new PackerException(
          "image %s cannot be unpacked to %s: %s"
              .formatted(index.image(), out, PackerException.reason(e)),
          e);
    }
    return new UnpackReport(
        index.plainLength(),
        index.blockCount(),
        zeroBlocks,
        Duration.ofNanos(System.nanoTime() - startNs));
  }

  private static long writeFile(BlockSource source, BlockIndex index, Path out, Progress progress)
      throws IOException {
    if (Files.exists(out) && !Files.isRegularFile(out)) {
      throw new PackerException(
          "image %s cannot be unpacked to %s: it is no regular file or block device"
              .formatted(index.image(), out));
    }
    String suffix = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    Path partial = out.resolveSibling(out.getFileName() + ".partial-" + suffix);
    long zeroBlocks;
    try {
      try (RandomAccessFile file = createNew(partial)) {
        file.setLength(index.plainLength());
        zeroBlocks = writeBlocks(source, index, file.getChannel(), false, progress);
        progress.step("making the disk durable", index.plainLength(), index.plainLength());
        file.getChannel().force(true);
      }
      Files.move(partial, out, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(partial);
    }
    Path directory = out.toAbsolutePath().getParent();
    if (directory != null) {
      Durability.force(directory);
    }
    return zeroBlocks;
  }

  /** {@code ftruncate} to a greater length, which makes a hole, is not in FileChannel. */
  private static RandomAccessFile createNew(Path file) throws IOException {
    Files.createFile(file);
    return new RandomAccessFile(file.toFile(), "rw");
  }

  private static long writeDevice(
      BlockSource source, BlockIndex index, Path device, Progress progress) throws IOException {
    try (FileChannel channel =
        FileChannel.open(device, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (channel.size() < index.plainLength()) {
        throw new PackerException(
            "image %s has %d bytes, and %s only %d: use a larger device"
                .formatted(index.image(), index.plainLength(), device, channel.size()));
      }
      long zeroBlocks = writeBlocks(source, index, channel, true, progress);
      progress.step("making the disk durable", index.plainLength(), index.plainLength());
      channel.force(true);
      return zeroBlocks;
    }
  }

  private static long writeBlocks(
      BlockSource source, BlockIndex index, FileChannel disk, boolean writeZeros, Progress progress)
      throws IOException {
    int workers = Math.max(MIN_WORKERS, Runtime.getRuntime().availableProcessors());
    ByteBuffer zeros = ByteBuffer.allocateDirect(writeZeros ? index.blockSizeBytes() : 0);
    long zeroBlocks = 0;
    try (WorkerRing<BlockTask> ring =
        new WorkerRing<>(
            "unpack",
            workers,
            2 * workers,
            BlockTask::new,
            () -> new UnpackWorker(source, index.blockSizeBytes(), disk))) {
      for (int number = 0; number < index.blockCount(); number++) {
        if (index.isZeros(number)) {
          zeroBlocks++;
          if (writeZeros) {
            write(disk, zeros.clear().limit(index.plainLength(number)), index, number);
          }
        } else {
          BlockTask task = ring.acquire();
          task.set(index, number);
          ring.submit(task);
        }
        progress.step(
            "unpacking",
            Math.min(index.plainLength(), (number + 1L) * index.blockSizeBytes()),
            index.plainLength());
      }
      ring.finish();
    }
    return zeroBlocks;
  }

  private static void write(FileChannel disk, ByteBuffer plain, BlockIndex index, int number)
      throws IOException {
    long at = (long) number * index.blockSizeBytes();
    while (plain.hasRemaining()) {
      at += disk.write(plain, at);
    }
  }

  /** One thread's tools. */
  private static final class UnpackWorker implements WorkerRing.Worker<BlockTask> {
    private final PlainReader reader;
    private final FileChannel disk;

    UnpackWorker(BlockSource source, int blockSizeBytes, FileChannel disk) {
      this.reader = new PlainReader(source, blockSizeBytes);
      this.disk = disk;
    }

    @Override
    public void work(BlockTask task) throws IOException {
      write(disk, reader.read(task), task.index(), task.number());
    }

    @Override
    public void close() {}
  }
}
