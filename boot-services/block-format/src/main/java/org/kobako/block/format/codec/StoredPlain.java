package org.kobako.block.format.codec;

import org.kobako.block.format.CorruptBlockException;
import org.kobako.block.format.OffHeapBuffer;

/** The codec {@code none}: one copy. */
final class StoredPlain extends BoundedDecompressor {
  @Override
  long decode(
      OffHeapBuffer stored, int storedLength, OffHeapBuffer plain, int plainOffset, int plainLength)
      throws CorruptBlockException {
    if (storedLength != plainLength) {
      throw new CorruptBlockException(
          "a block stored plain has " + storedLength + " bytes, expected " + plainLength);
    }
    plain.bytes().put(plainOffset, stored.bytes(), 0, plainLength);
    return plainLength;
  }

  @Override
  public String describe() {
    return "copy";
  }

  /** The way to pack without a codec: nothing shrinks. */
  static final class Unchanged extends BoundedCompressor {
    @Override
    long encode(OffHeapBuffer plain, int plainLength, OffHeapBuffer stored) {
      return DOES_NOT_SHRINK;
    }

    @Override
    public int storedCapacity(int plainLength) {
      return 0;
    }

    @Override
    public String describe() {
      return "copy";
    }
  }
}
