package org.kobako.packer.bench;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.Codec;
import org.kobako.block.format.ImageName;
import org.kobako.packer.ImagePacker;
import org.kobako.packer.PackRequest;
import org.kobako.packer.Progress;

/**
 * Packing a disk against mksquashfs, which compresses the same file in blocks of the same size by
 * the same codec and level on as many cores. By turns, ours first, the peer first, and so on.
 *
 * <p>Ours does more: it digests every block, writes each as a file of its own and makes all of them
 * durable before it ends; mksquashfs leaves its one file to the kernel.
 */
public final class PackBench {
  private PackBench() {}

  /**
   * What came out: medians, in 10^6 plain bytes a second, and the median of the rounds' own ratios.
   */
  public record Result(double oursMbPerSecond, double peerMbPerSecond, double ratio) {}

  /**
   * Measures.
   *
   * @param scratch an empty directory on the disk to write to; what is written stays there, because
   *     ext4 is slow to use again what was just removed
   * @throws IOException if mksquashfs is missing or either fails
   */
  public static Result run(Path disk, Codec codec, int level, int rounds, Path scratch)
      throws IOException, InterruptedException {
    double[] ours = new double[rounds];
    double[] peer = new double[rounds];
    double[] ratios = new double[rounds];
    double megabytes = Files.size(disk) / 1e6;
    for (int round = 0; round < rounds; round++) {
      if (round % 2 == 0) {
        ours[round] = megabytes / packSeconds(disk, codec, level, scratch.resolve("store" + round));
        peer[round] =
            megabytes / squashSeconds(disk, codec, level, scratch.resolve("peer" + round));
      } else {
        peer[round] =
            megabytes / squashSeconds(disk, codec, level, scratch.resolve("peer" + round));
        ours[round] = megabytes / packSeconds(disk, codec, level, scratch.resolve("store" + round));
      }
      ratios[round] = ours[round] / peer[round];
    }
    return new Result(median(ours), median(peer), median(ratios));
  }

  private static double packSeconds(Path disk, Codec codec, int level, Path store)
      throws IOException {
    long startNs = System.nanoTime();
    ImagePacker.pack(
        PackRequest.of(disk, store, new ImageName("bench")).withCodec(codec, level), Progress.NONE);
    return (System.nanoTime() - startNs) / 1e9;
  }

  private static double squashSeconds(Path disk, Codec codec, int level, Path file)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "mksquashfs",
                disk.toString(),
                file.toString(),
                "-noappend",
                "-quiet",
                "-no-progress",
                "-b",
                Integer.toString(BlockSize.DEFAULT_BYTES)));
    command.addAll(squashOptions(codec, level));
    long startNs = System.nanoTime();
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.DISCARD)
            .start();
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + " failed: install squashfs-tools");
    }
    return (System.nanoTime() - startNs) / 1e9;
  }

  private static List<String> squashOptions(Codec codec, int level) {
    String number = Integer.toString(level);
    return switch (codec) {
      case NONE -> List.of("-noI", "-noD", "-noF", "-noX");
      case ZLIB -> List.of("-comp", "gzip", "-Xcompression-level", number);
      case LZO -> List.of("-comp", "lzo", "-Xcompression-level", number);
      case LZ4 -> List.of("-comp", "lz4");
      case ZSTD -> List.of("-comp", "zstd", "-Xcompression-level", number);
    };
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
