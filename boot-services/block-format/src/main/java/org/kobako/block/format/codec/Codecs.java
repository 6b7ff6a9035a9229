package org.kobako.block.format.codec;

import org.kobako.block.format.Codec;

/** Makes compressors and decompressors of the form that is the fastest here. */
public final class Codecs {
  private Codecs() {}

  /** Decompressors of every codec for the calling thread. */
  public static Decompressors newDecompressors() {
    Decompressor[] byWire = new Decompressor[Codec.values().length];
    byWire[Codec.NONE.wire()] = new StoredPlain();
    byWire[Codec.ZLIB.wire()] = new ZlibDecompressor();
    byWire[Codec.LZO.wire()] = new Liblzo2.Decompression();
    byWire[Codec.LZ4.wire()] = new Liblz4.Decompression();
    byWire[Codec.ZSTD.wire()] = new Libzstd.Decompression();
    return new Decompressors(byWire);
  }

  /**
   * A compressor for the calling thread.
   *
   * @param level the codec's own scale; 0 for its default
   * @throws UnsupportedOperationException if the codec's library is not installed, with its name
   * @throws IllegalArgumentException if the codec has no such level
   */
  public static Compressor newCompressor(Codec codec, int level) {
    int resolved = Levels.resolve(codec, level);
    return switch (codec) {
      case NONE -> new StoredPlain.Unchanged();
      case ZLIB -> new ZlibCompressor(resolved);
      case LZO -> new Liblzo2.Compression(resolved);
      case LZ4 -> new Liblz4.Compression(resolved);
      case ZSTD -> new Libzstd.Compression(resolved);
    };
  }
}
