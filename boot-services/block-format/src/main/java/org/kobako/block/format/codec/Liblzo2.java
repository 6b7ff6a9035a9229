package org.kobako.block.format.codec;

import static org.kobako.block.format.foreign.ForeignLibrary.CType.INT;
import static org.kobako.block.format.foreign.ForeignLibrary.CType.POINTER;
import static org.kobako.block.format.foreign.ForeignLibrary.CType.SIZE;

import java.lang.invoke.MethodHandle;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.block.format.foreign.ForeignLibrary;
import org.kobako.block.format.foreign.SizeCell;

/** The codec {@code lzo} by the platform's liblzo2 (Debian package liblzo2-2). */
final class Liblzo2 {
  private static final ForeignLibrary LIBRARY = ForeignLibrary.require("liblzo2.so.2");
  private static final MethodHandle DECOMPRESS =
      LIBRARY.function("lzo1x_decompress_safe", INT, POINTER, SIZE, POINTER, POINTER, POINTER);
  private static final MethodHandle COMPRESS_1 =
      LIBRARY.function("lzo1x_1_compress", INT, POINTER, SIZE, POINTER, POINTER, POINTER);
  private static final MethodHandle COMPRESS_999 =
      LIBRARY.function(
          "lzo1x_999_compress_level",
          INT,
          POINTER,
          SIZE,
          POINTER,
          POINTER,
          POINTER,
          POINTER,
          SIZE,
          POINTER,
          INT);
  private static final int OK = 0;
  private static final String VERSION = initialise();

  /** LZO1X_1_MEM_COMPRESS: 16384 pointers. */
  private static final int MEMORY_1_BYTES = 16384 * 8;

  /** LZO1X_999_MEM_COMPRESS: 14 x 16384 shorts. */
  private static final int MEMORY_999_BYTES = 14 * 16384 * 2;

  private Liblzo2() {}

  /**
   * What lzo_init() does but for comparing the sizes of types with a C compiler's: the library
   * looks whether it works here. The version is 0x20a0 for 2.10.
   */
  private static String initialise() {
    int number = LIBRARY.callForInt("lzo_version");
    MethodHandle init =
        LIBRARY.function("__lzo_init_v2", INT, INT, INT, INT, INT, INT, INT, INT, INT, INT, INT);
    int result;
    try {
      result = (int) init.invokeExact(number, -1, -1, -1, -1, -1, -1, -1, -1, -1);
    } catch (Throwable e) {
      throw ForeignLibrary.unexpected(e);
    }
    if (result != OK) {
      throw new UnsatisfiedLinkError("liblzo2 finds itself broken here, error " + result);
    }
    return "liblzo2 " + (number >> 12) + "." + (number >> 4 & 0xff);
  }

  static final class Decompression extends BoundedDecompressor {
    /** Opens the library: it is missed here or not at all. */
    private final String version = VERSION;

    private final SizeCell plainBytes = new SizeCell();

    @Override
    long decode(
        OffHeapBuffer stored,
        int storedLength,
        OffHeapBuffer plain,
        int plainOffset,
        int plainLength)
        throws Throwable {
      plainBytes.set(plainLength);
      // Refuses what leaves stored bytes over.
      int result =
          (int)
              DECOMPRESS.invokeExact(
                  stored.address(),
                  (long) storedLength,
                  plain.address() + plainOffset,
                  plainBytes.address(),
                  0L);
      return result == OK ? plainBytes.get() : result;
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
    private final OffHeapBuffer memory;
    private final SizeCell storedBytes = new SizeCell();

    /**
     * A compressor with its working memory.
     *
     * @param level 1 for LZO1X-1, 2-9 for the levels of LZO1X-999
     */
    Compression(int level) {
      this.level = level;
      this.memory = OffHeapBuffer.allocate(level == 1 ? MEMORY_1_BYTES : MEMORY_999_BYTES);
    }

    @Override
    long encode(OffHeapBuffer plain, int plainLength, OffHeapBuffer stored) throws Throwable {
      int result =
          level == 1
              ? (int)
                  COMPRESS_1.invokeExact(
                      plain.address(),
                      (long) plainLength,
                      stored.address(),
                      storedBytes.address(),
                      memory.address())
              : (int)
                  COMPRESS_999.invokeExact(
                      plain.address(),
                      (long) plainLength,
                      stored.address(),
                      storedBytes.address(),
                      memory.address(),
                      0L,
                      0L,
                      0L,
                      level);
      if (result != OK) {
        throw new IllegalStateException(describe() + " answers error " + result);
      }
      return storedBytes.get();
    }

    /** The library takes no limit: its worst case, from its FAQ. */
    @Override
    public int storedCapacity(int plainLength) {
      return plainLength + plainLength / 16 + 64 + 3;
    }

    @Override
    public String describe() {
      return version + " level " + level;
    }
  }
}
