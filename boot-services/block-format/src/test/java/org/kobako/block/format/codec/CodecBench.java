package org.kobako.block.format.codec;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import org.kobako.block.format.Codec;
import org.kobako.block.format.OffHeapBuffer;

/**
 * Speed of every codec's forms on blocks of 128 KiB from the JDK's image, in MB of plain bytes per
 * second of a thread's time on a processor. Run {@link #main}; trust the ratios of one run, not the
 * figures.
 */
final class CodecBench {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int BLOCK_BYTES = 128 << 10;
  private static final int BLOCKS = 64;
  private static final int ROUNDS = 5;
  private static final long ROUND_NS = 400_000_000;

  private final OffHeapBuffer[] plain = new OffHeapBuffer[BLOCKS];

  private CodecBench() throws IOException {
    for (int i = 0; i < BLOCKS; i++) {
      plain[i] = StoredBytes.offHeap(Contents.jdkImage((long) i * 2 << 20, BLOCK_BYTES));
    }
  }

  public static void main(String[] args) throws IOException {
    CodecBench bench = new CodecBench();
    System.out.println(Codecs.describe());
    bench.decompress(Codec.LZO, 1);
    bench.decompress(Codec.LZO, 8);
    bench.decompress(Codec.LZ4, 1);
    bench.decompress(Codec.LZ4, 12);
    bench.decompress(Codec.ZSTD, 3);
    bench.decompress(Codec.ZSTD, 15);
    bench.compress(Codec.LZO);
    bench.compress(Codec.LZ4);
  }

  private void decompress(Codec codec, int level) throws IOException {
    OffHeapBuffer[] stored = new OffHeapBuffer[BLOCKS];
    for (int i = 0; i < BLOCKS; i++) {
      byte[] block = StoredBytes.bytes(plain[i], BLOCK_BYTES);
      stored[i] =
          StoredBytes.offHeap(StoredBytes.of(Form.NATIVE.newCompressor(codec, level), block));
    }
    OffHeapBuffer target = OffHeapBuffer.allocate(BLOCK_BYTES);
    Decompressor library = Form.NATIVE.newDecompressor(codec, new HeapScratch());
    Decompressor java = Form.JAVA.newDecompressor(codec, new HeapScratch());
    report(
        "decompress " + codec.word() + " " + level,
        i -> library.decompress(stored[i], stored[i].capacityBytes(), target, 0, BLOCK_BYTES),
        i -> java.decompress(stored[i], stored[i].capacityBytes(), target, 0, BLOCK_BYTES));
  }

  private void compress(Codec codec) throws IOException {
    try (Compressor library = Form.NATIVE.newCompressor(codec, 1);
        Compressor java = Form.JAVA.newCompressor(codec, 1)) {
      OffHeapBuffer target = OffHeapBuffer.allocate(library.storedCapacity(BLOCK_BYTES));
      long[] bytes = new long[2];
      for (OffHeapBuffer block : plain) {
        bytes[0] += Math.abs(library.compress(block, BLOCK_BYTES, target));
        bytes[1] += Math.abs(java.compress(block, BLOCK_BYTES, target));
      }
      report(
          "compress " + codec.word() + " 1, Java's stored bytes x" + ratio(bytes[1], bytes[0]),
          i -> library.compress(plain[i], BLOCK_BYTES, target),
          i -> java.compress(plain[i], BLOCK_BYTES, target));
    }
  }

  /** The best of some rounds each, one after the other in turn. */
  private static void report(String what, Work library, Work java) throws IOException {
    double bestOfLibrary = 0;
    double bestOfJava = 0;
    for (int round = 0; round < ROUNDS; round++) {
      bestOfLibrary = Math.max(bestOfLibrary, megabytesPerSecond(library));
      bestOfJava = Math.max(bestOfJava, megabytesPerSecond(java));
    }
    System.out.printf(
        Locale.ROOT,
        "%-50s library %6.0f  Java %6.0f MB/s  ratio %s%n",
        what,
        bestOfLibrary,
        bestOfJava,
        ratio(bestOfJava, bestOfLibrary));
  }

  private static double megabytesPerSecond(Work work) throws IOException {
    long beginNs = THREADS.getCurrentThreadCpuTime();
    long blocks = 0;
    while (THREADS.getCurrentThreadCpuTime() - beginNs < ROUND_NS) {
      for (int i = 0; i < BLOCKS; i++) {
        work.block(i);
      }
      blocks += BLOCKS;
    }
    return blocks * BLOCK_BYTES * 1e3 / (THREADS.getCurrentThreadCpuTime() - beginNs);
  }

  private static String ratio(double a, double b) {
    return String.format(Locale.ROOT, "%.2f", a / b);
  }

  private interface Work {
    void block(int number) throws IOException;
  }
}
