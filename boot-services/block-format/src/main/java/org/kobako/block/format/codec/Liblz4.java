package org.kobako.block.format.codec;

import static org.kobako.block.format.foreign.ForeignLibrary.CType.INT;
import static org.kobako.block.format.foreign.ForeignLibrary.CType.POINTER;

import java.lang.invoke.MethodHandle;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.block.format.foreign.ForeignLibrary;

/** The codec {@code lz4} by the platform's liblz4 (Debian package liblz4-1). */
final class Liblz4 {
  private static final ForeignLibrary LIBRARY = ForeignLibrary.require("liblz4.so.1");
  private static final MethodHandle DECOMPRESS =
      LIBRARY.function("LZ4_decompress_safe", INT, POINTER, POINTER, INT, INT);
  private static final MethodHandle COMPRESS =
      LIBRARY.function("LZ4_compress_fast_extState", INT, POINTER, POINTER, POINTER, INT, INT, INT);
  private static final MethodHandle COMPRESS_HC =
      LIBRARY.function("LZ4_compress_HC_extStateHC", INT, POINTER, POINTER, POINTER, INT, INT, INT);
  private static final String VERSION = version();
  private static final int ACCELERATION = 1;

  private Liblz4() {}

  /** 10904 for 1.9.4. */
  private static String version() {
    int number = LIBRARY.callForInt("LZ4_versionNumber");
    return "liblz4 " + number / 10_000 + "." + number / 100 % 100 + "." + number % 100;
  }

  static final class Decompression extends BoundedDecompressor {
    /** Opens the library: it is missed here or not at all. */
    private final String version = VERSION;

    @Override
    long decode(
        OffHeapBuffer stored,
        int storedLength,
        OffHeapBuffer plain,
        int plainOffset,
        int plainLength)
        throws Throwable {
      // Refuses what leaves stored bytes over.
      return (int)
          DECOMPRESS.invokeExact(
              stored.address(), plain.address() + plainOffset, storedLength, plainLength);
    }

    @Override
    public String describe() {
      return version;
    }
  }

  static final class Compression extends BoundedCompressor {
    /** Opens the library: it is missed here or not at all. */
    private final String version = VERSION;

    private final int level;
    private final OffHeapBuffer state;

    /**
     * A compressor with its working memory.
     *
     * @param level 1 for the fast algorithm, 2-12 for the one that searches (HC)
     */
    Compression(int level) {
      this.level = level;
      this.state =
          OffHeapBuffer.allocate(
              LIBRARY.callForInt(level == 1 ? "LZ4_sizeofState" : "LZ4_sizeofStateHC"));
    }

    @Override
    long encode(OffHeapBuffer plain, int plainLength, OffHeapBuffer stored) throws Throwable {
      int room = storedCapacity(plainLength);
      int length =
          level == 1
              ? (int)
                  COMPRESS.invokeExact(
                      state.address(),
                      plain.address(),
                      stored.address(),
                      plainLength,
                      room,
                      ACCELERATION)
              : (int)
                  COMPRESS_HC.invokeExact(
                      state.address(), plain.address(), stored.address(), plainLength, room, level);
      if (length <= 0) {
        throw new IllegalStateException(describe() + " answers error " + length);
      }
      return length;
    }

    /** LZ4_COMPRESSBOUND: with that much room the library need not look at its limit. */
    @Override
    public int storedCapacity(int plainLength) {
      return plainLength + plainLength / 255 + 16;
    }

    @Override
    public String describe() {
      return version + " level " + level;
    }
  }
}
