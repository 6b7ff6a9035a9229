package org.kobako.block.format.codec;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.kobako.block.format.OffHeapBuffer;
import org.kobako.block.format.foreign.ForeignLibrary;

/** What every compressor owes its caller, in one place: windows that fit, and no growth. */
abstract class BoundedCompressor implements Compressor {
  /**
   * Encodes within windows that fit their buffers, whose positions and limits are free to use.
   *
   * @return stored bytes written, or a negative number where they do not fit
   */
  abstract long encode(OffHeapBuffer plain, int plainLength, OffHeapBuffer stored) throws Throwable;

  @Override
  public final int compress(OffHeapBuffer plain, int plainLength, OffHeapBuffer stored) {
    Objects.checkFromIndexSize(0, plainLength, plain.capacityBytes());
    if (stored.capacityBytes() < storedCapacity(plainLength)) {
      throw new IllegalArgumentException(
          describe()
              + " needs room for "
              + storedCapacity(plainLength)
              + " stored bytes, not "
              + stored.capacityBytes());
    }
    ByteBuffer from = plain.bytes();
    ByteBuffer to = stored.bytes();
    int fromPosition = from.position();
    int fromLimit = from.limit();
    int toPosition = to.position();
    int toLimit = to.limit();
    from.clear();
    to.clear();
    long length;
    try {
      length = encode(plain, plainLength, stored);
    } catch (Throwable e) {
      throw ForeignLibrary.unexpected(e);
    } finally {
      from.limit(fromLimit).position(fromPosition);
      to.limit(toLimit).position(toPosition);
      // A foreign call sees addresses only.
      Reference.reachabilityFence(plain);
      Reference.reachabilityFence(stored);
      Reference.reachabilityFence(this);
    }
    return length < 0 || length >= plainLength ? DOES_NOT_SHRINK : (int) length;
  }

  @Override
  public void close() {}
}
