package org.kobako.block.format.codec;

import org.jspecify.annotations.Nullable;
import org.kobako.block.format.Codec;
import org.kobako.block.format.codec.heap.Lz4Decoder;
import org.kobako.block.format.codec.heap.Lz4Encoder;
import org.kobako.block.format.codec.heap.LzoDecoder;
import org.kobako.block.format.codec.heap.LzoEncoder;
import org.kobako.block.format.codec.heap.ZstdDecoder;

/** The forms of every codec; {@code none} and {@code zlib} have one, the JDK's, in both. */
enum Form {
  /** By the codec's own library, through the foreign function interface. */
  NATIVE,
  /** By bytecode alone, on any VM and byte order. */
  JAVA;

  private static final int JAVA_LEVEL = 1;

  /**
   * Makes a decompressor of this form.
   *
   * @param scratch the thread's, which the Java forms share
   * @throws LinkageError if the library is not there
   */
  Decompressor newDecompressor(Codec codec, HeapScratch scratch) {
    return switch (codec) {
      case NONE -> new StoredPlain();
      case ZLIB -> new ZlibDecompressor();
      case LZO ->
          this == NATIVE
              ? new Liblzo2.Decompression()
              : new JavaDecompressor(new LzoDecoder(), scratch);
      case LZ4 ->
          this == NATIVE
              ? new Liblz4.Decompression()
              : new JavaDecompressor(new Lz4Decoder(), scratch);
      case ZSTD ->
          this == NATIVE
              ? new Libzstd.Decompression()
              : new JavaDecompressor(new ZstdDecoder(), scratch);
    };
  }

  /**
   * Makes a compressor of this form.
   *
   * @param level 0 for the codec's default, in the Java form for its only one
   * @throws LinkageError if the library is not there
   * @throws UnsupportedOperationException if the Java form cannot do it, with the library that can
   * @throws IllegalArgumentException if the codec has no such level
   */
  Compressor newCompressor(Codec codec, int level) {
    int resolved = Levels.resolve(codec, level);
    if (this == JAVA && codec != Codec.ZLIB && level != 0 && level != JAVA_LEVEL) {
      throw needsLibrary(codec, "level " + level, null);
    }
    return switch (codec) {
      case NONE -> new StoredPlain.Unchanged();
      case ZLIB -> new ZlibCompressor(resolved);
      case LZO ->
          this == NATIVE ? new Liblzo2.Compression(resolved) : new JavaCompressor(new LzoEncoder());
      case LZ4 ->
          this == NATIVE ? new Liblz4.Compression(resolved) : new JavaCompressor(new Lz4Encoder());
      case ZSTD -> {
        if (this == JAVA) {
          throw needsLibrary(codec, "compression", null);
        }
        yield new Libzstd.Compression(resolved);
      }
    };
  }

  /** What to throw where only a library can do what is asked for. */
  static UnsupportedOperationException needsLibrary(
      Codec codec, String what, @Nullable LinkageError cause) {
    String library =
        switch (codec) {
          case NONE, ZLIB -> throw new IllegalArgumentException(codec + " needs no library", cause);
          case LZO -> "liblzo2.so.2 (Debian package liblzo2-2)";
          case LZ4 -> "liblz4.so.1 (Debian package liblz4-1)";
          case ZSTD -> "libzstd.so.1 (Debian package libzstd1)";
        };
    return new UnsupportedOperationException(
        codec.word() + ": " + what + " needs " + library + ", which is not installed or not in use",
        cause);
  }
}
