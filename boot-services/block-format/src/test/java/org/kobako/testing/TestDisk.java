package org.kobako.testing;

import java.util.Arrays;
import java.util.Random;

/** Disk contents that are the same on every run. */
public final class TestDisk {
  private static final String[] WORDS = {
    "block ", "index ", "machine ", "box ", "upstream ", "the ", "of ", "and\n", "digest "
  };

  private TestDisk() {}

  /**
   * A disk with everything in it that packing tells apart: text that shrinks, noise that does not,
   * runs of zeros, and blocks that are there twice.
   *
   * @param lengthBytes any length; the last block may be short
   */
  public static byte[] mixed(int lengthBytes, int blockSizeBytes, long seed) {
    byte[] disk = new byte[lengthBytes];
    Random random = new Random(seed);
    for (int start = 0, number = 0; start < lengthBytes; start += blockSizeBytes, number++) {
      int end = Math.min(lengthBytes, start + blockSizeBytes);
      switch (number % 5) {
        case 0 -> noise(disk, start, end, random);
        case 1, 2 -> text(disk, start, end, random);
        case 3 -> Arrays.fill(disk, start, end, (byte) 0);
        default -> text(disk, start, end, new Random(7));
      }
    }
    return disk;
  }

  private static void noise(byte[] disk, int start, int end, Random random) {
    byte[] noise = new byte[end - start];
    random.nextBytes(noise);
    System.arraycopy(noise, 0, disk, start, noise.length);
  }

  private static void text(byte[] disk, int start, int end, Random random) {
    for (int at = start; at < end; ) {
      String word = WORDS[random.nextInt(WORDS.length)] + random.nextInt(1000);
      for (int i = 0; i < word.length() && at < end; i++) {
        disk[at++] = (byte) word.charAt(i);
      }
    }
  }
}
