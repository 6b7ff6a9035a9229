package org.kobako.block.format.codec;

import org.kobako.block.format.Codec;

/**
 * The levels of a codec's own scale. The standard ones are those of mksquashfs, whose speed packing
 * is compared with.
 */
record Levels(int lowest, int highest, int standard) {
  private static final Levels ZLIB = new Levels(1, 9, 9);

  /** 1 is LZO1X-1, the others are those of LZO1X-999. */
  private static final Levels LZO = new Levels(1, 9, 8);

  /** 1 is the fast algorithm, the others search (HC). */
  private static final Levels LZ4 = new Levels(1, 12, 1);

  private static final Levels ZSTD = new Levels(1, 22, 15);

  static Levels of(Codec codec) {
    return switch (codec) {
      case NONE -> new Levels(0, 0, 0);
      case ZLIB -> ZLIB;
      case LZO -> LZO;
      case LZ4 -> LZ4;
      case ZSTD -> ZSTD;
    };
  }

  /**
   * The level meant.
   *
   * @param level 0 for the standard one
   * @throws IllegalArgumentException if the codec has no such level, with its range
   */
  static int resolve(Codec codec, int level) {
    Levels levels = of(codec);
    if (level == 0) {
      return levels.standard;
    }
    if (level < levels.lowest || level > levels.highest) {
      throw new IllegalArgumentException(
          codec == Codec.NONE
              ? "codec none has no levels, not even " + level
              : "codec %s has levels %d..%d (default %d), not %d"
                  .formatted(codec.word(), levels.lowest, levels.highest, levels.standard, level));
    }
    return level;
  }
}
