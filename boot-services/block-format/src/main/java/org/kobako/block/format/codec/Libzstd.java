package org.kobako.block.format.codec;

import static org.kobako.block.format.foreign.ForeignLibrary.CType.INT;
import static org.kobako.block.format.foreign.ForeignLibrary.CType.POINTER;
import static org.kobako.block.format.foreign.ForeignLibrary.CType.SIZE;

import java.lang.invoke.MethodHandle;
import org.kobako.block.format.CorruptBlockException;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.block.format.foreign.ForeignContext;
import org.kobako.block.format.foreign.ForeignLibrary;

/** The codec {@code zstd} by the platform's libzstd (Debian package libzstd1). */
final class Libzstd {
  private static final ForeignLibrary LIBRARY = ForeignLibrary.require("libzstd.so.1");
  private static final MethodHandle CREATE_DCTX = LIBRARY.function("ZSTD_createDCtx", POINTER);
  private static final MethodHandle FREE_DCTX = LIBRARY.function("ZSTD_freeDCtx", SIZE, POINTER);
  private static final MethodHandle FRAME_BYTES =
      LIBRARY.function("ZSTD_findFrameCompressedSize", SIZE, POINTER, SIZE);
  private static final MethodHandle DECOMPRESS =
      LIBRARY.function("ZSTD_decompressDCtx", SIZE, POINTER, POINTER, SIZE, POINTER, SIZE);
  private static final MethodHandle CREATE_CCTX = LIBRARY.function("ZSTD_createCCtx", POINTER);
  private static final MethodHandle FREE_CCTX = LIBRARY.function("ZSTD_freeCCtx", SIZE, POINTER);
  private static final MethodHandle COMPRESS =
      LIBRARY.function("ZSTD_compressCCtx", SIZE, POINTER, POINTER, SIZE, POINTER, SIZE, INT);
  private static final String VERSION = version();

  /** RFC 8878, section 3.1.1; older and skippable frames have others. */
  private static final int MAGIC = 0xFD2FB528;

  private Libzstd() {}

  /** 10504 for 1.5.4. */
  private static String version() {
    int number = LIBRARY.callForInt("ZSTD_versionNumber");
    return "libzstd " + number / 10_000 + "." + number / 100 % 100 + "." + number % 100;
  }

  private static long create(MethodHandle function) {
    try {
      return (long) function.invokeExact();
    } catch (Throwable e) {
      throw ForeignLibrary.unexpected(e);
    }
  }

  static final class Decompression extends BoundedDecompressor {
    private final ForeignContext context =
        new ForeignContext(this, "ZSTD_DCtx", create(CREATE_DCTX), FREE_DCTX);

    @Override
    long decode(
        OffHeapBuffer stored,
        int storedLength,
        OffHeapBuffer plain,
        int plainOffset,
        int plainLength)
        throws Throwable {
      // The library takes several frames one after the other, this format takes one.
      if (storedLength < Integer.BYTES
          || stored.bytes().getInt(0) != MAGIC
          || (long) FRAME_BYTES.invokeExact(stored.address(), (long) storedLength)
              != storedLength) {
        throw new CorruptBlockException(
            "zstd: the " + storedLength + " stored bytes are not one frame");
      }
      return (long)
          DECOMPRESS.invokeExact(
              context.address(),
              plain.address() + plainOffset,
              (long) plainLength,
              stored.address(),
              (long) storedLength);
    }

    @Override
    public String describe() {
      return VERSION;
    }
  }

  static final class Compression extends BoundedCompressor {
    private final int level;
    private final ForeignContext context =
        new ForeignContext(this, "ZSTD_CCtx", create(CREATE_CCTX), FREE_CCTX);

    Compression(int level) {
      this.level = level;
    }

    @Override
    long encode(OffHeapBuffer plain, int plainLength, OffHeapBuffer stored) throws Throwable {
      long result =
          (long)
              COMPRESS.invokeExact(
                  context.address(),
                  stored.address(),
                  (long) storedCapacity(plainLength),
                  plain.address(),
                  (long) plainLength,
                  level);
      if (result < 0) {
        throw new IllegalStateException(describe() + " answers error " + result);
      }
      return result;
    }

    /** ZSTD_COMPRESSBOUND: with that much room the library need not look at its limit. */
    @Override
    public int storedCapacity(int plainLength) {
      int margin = Math.max(0, (128 << 10) - plainLength) >> 11;
      return plainLength + (plainLength >> 8) + margin;
    }

    @Override
    public String describe() {
      return VERSION + " level " + level;
    }

    @Override
    public void close() {
      context.close();
    }
  }
}
