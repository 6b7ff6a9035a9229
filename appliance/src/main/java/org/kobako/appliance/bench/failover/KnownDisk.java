package org.kobako.appliance.bench.failover;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A disk whose every word is told by its offset, so that a reader knows what it must get without a
 * copy. No two blocks are equal; a quarter of each compresses to nothing, the rest not at all.
 */
final class KnownDisk {
  /** Eight block caches, and three seconds of two links at full speed. */
  static final long LENGTH_BYTES = 128L << 20;

  private static final int PAGE_BITS = 12;
  private static final int STEP_BYTES = 1 << 20;

  private KnownDisk() {}

  static void write(Path file) throws IOException {
    ByteBuffer words = ByteBuffer.allocateDirect(STEP_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (long at = 0; at < LENGTH_BYTES; at += STEP_BYTES) {
        for (int i = 0; i < STEP_BYTES; i += Long.BYTES) {
          words.putLong(i, wordAt(at + i));
        }
        words.clear();
        while (words.hasRemaining()) {
          channel.write(words);
        }
      }
    }
  }

  /** Whether a little-endian buffer has from its start to its limit what lies at an offset. */
  static boolean isAt(long offset, ByteBuffer bytes) {
    for (int i = 0; i < bytes.limit(); i += Long.BYTES) {
      if (bytes.getLong(i) != wordAt(offset + i)) {
        return false;
      }
    }
    return true;
  }

  private static long wordAt(long offset) {
    long page = offset >>> PAGE_BITS;
    return (page & 3) == 3 ? page : mixed(offset);
  }

  /** The finalizer of SplitMix64: every bit depends on every bit. */
  private static long mixed(long value) {
    long mixed = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
    return mixed ^ mixed >>> 31;
  }
}
