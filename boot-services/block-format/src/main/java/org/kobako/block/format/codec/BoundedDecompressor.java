package org.kobako.block.format.codec;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.kobako.block.format.CorruptBlockException;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.block.format.foreign.ForeignLibrary;

/** What every decompressor owes its caller, in one place: windows that fit and an exact length. */
abstract class BoundedDecompressor implements Decompressor {
  /**
   * Decodes within windows that fit their buffers, whose positions and limits are free to use.
   *
   * @return plain bytes written, at most {@code plainLength}; negative if the stored bytes are
   *     malformed, in the library's own code
   * @throws CorruptBlockException if the stored bytes are malformed or not used up
   */
  abstract long decode(
      OffHeapBuffer stored, int storedLength, OffHeapBuffer plain, int plainOffset, int plainLength)
      throws Throwable;

  @Override
  public final void decompress(
      OffHeapBuffer stored, int storedLength, OffHeapBuffer plain, int plainOffset, int plainLength)
      throws CorruptBlockException {
    Objects.checkFromIndexSize(0, storedLength, stored.capacityBytes());
    Objects.checkFromIndexSize(plainOffset, plainLength, plain.capacityBytes());
    ByteBuffer from = stored.bytes();
    ByteBuffer to = plain.bytes();
    int fromPosition = from.position();
    int fromLimit = from.limit();
    int toPosition = to.position();
    int toLimit = to.limit();
    from.clear();
    to.clear();
    long length;
    try {
      length = decode(stored, storedLength, plain, plainOffset, plainLength);
    } catch (CorruptBlockException e) {
      throw e;
    } catch (Throwable e) {
      throw ForeignLibrary.unexpected(e);
    } finally {
      from.limit(fromLimit).position(fromPosition);
      to.limit(toLimit).position(toPosition);
      // A foreign call sees addresses only.
      Reference.reachabilityFence(stored);
      Reference.reachabilityFence(plain);
      Reference.reachabilityFence(this);
    }
    if (length < 0) {
      throw new CorruptBlockException(describe() + ": malformed stored bytes, error " + length);
    }
    if (length != plainLength) {
      throw new CorruptBlockException(
          describe() + ": " + length + " plain bytes, expected " + plainLength);
    }
  }
}
