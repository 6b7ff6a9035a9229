package org.kobako.block.format.codec;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.kobako.testing.TestDisk;

/** Contents that bring out what codecs tell apart. */
enum Contents {
  TEXT {
    @Override
    byte[] of(int length) {
      // Block 1 of a mixed disk.
      return Arrays.copyOfRange(TestDisk.mixed(2 * length, length, length), length, 2 * length);
    }
  },
  NOISE {
    @Override
    byte[] of(int length) {
      return TestDisk.mixed(length, length, 3);
    }
  },
  /** The longest overlapping match, at distance 1. */
  ZEROS {
    @Override
    byte[] of(int length) {
      return new byte[length];
    }
  },
  /** Overlapping matches at distances of 2, 3, ... behind a little noise each. */
  OVERLAPS {
    @Override
    byte[] of(int length) {
      byte[] bytes = new byte[length];
      Random random = new Random(5);
      int at = 0;
      for (int distance = 2; at < length; distance = distance % 70 + 1) {
        int run = distance + random.nextInt(400);
        for (int i = 0; i < run && at < length; i++, at++) {
          bytes[at] = i < distance ? (byte) random.nextInt() : bytes[at - distance];
        }
      }
      return bytes;
    }
  },
  /** Long matches from as far back as the block goes. */
  FAR_REPEATS {
    @Override
    byte[] of(int length) {
      byte[] bytes = TestDisk.mixed(length, length, 3);
      System.arraycopy(bytes, 0, bytes, length - length / 3, length / 3);
      return bytes;
    }
  },
  /** Few values, badly distributed: Huffman codes of all lengths, short matches. */
  SKEWED {
    @Override
    byte[] of(int length) {
      byte[] bytes = new byte[length];
      Random random = new Random(6);
      for (int i = 0; i < length; i++) {
        bytes[i] = (byte) Math.min(40, (int) (random.nextGaussian() * random.nextGaussian() * 6));
      }
      return bytes;
    }
  },
  /** Classes, strings and tables: a piece of the JDK's own image. */
  MACHINE_CODE {
    @Override
    byte[] of(int length) throws IOException {
      return jdkImage(37L << 20, length);
    }
  };

  abstract byte[] of(int length) throws IOException;

  /** A piece of a large file that every machine with this JDK has. */
  static byte[] jdkImage(long offset, int length) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(jdkImage().toFile(), "r")) {
      byte[] bytes = new byte[length];
      file.seek(offset);
      file.readFully(bytes);
      return bytes;
    }
  }

  static Path jdkImage() {
    return Path.of(System.getProperty("java.home"), "lib", "modules");
  }
}
