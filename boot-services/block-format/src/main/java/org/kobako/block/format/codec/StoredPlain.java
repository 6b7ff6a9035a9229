package org.kobako.block.format.codec;

import org.kobako.block.format.CorruptBlockException;
import org.kobako.block.format.OffHeapBuffer;

/** The codec {@code none}: one copy. */
final class StoredPlain implements Decompressor {
  @Override
  public void decompress(
      OffHeapBuffer stored, int storedLength, OffHeapBuffer plain, int plainOffset, int plainLength)
      throws CorruptBlockException {
    if (storedLength != plainLength) {
      throw new CorruptBlockException(
          "a block stored plain has " + storedLength + " bytes, expected " + plainLength);
    }
    plain.bytes().put(plainOffset, stored.bytes(), 0, plainLength);
  }

  @Override
  public String describe() {
    return "copy";
  }
}
