package org.kobako.block.format.foreign;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kobako.block.format.OffHeapBuffer;

/** One {@code size_t} in memory, for functions that answer through a pointer. */
public final class SizeCell {
  private final OffHeapBuffer memory = OffHeapBuffer.allocate(Long.BYTES);
  private final ByteBuffer cell = memory.view().order(ByteOrder.nativeOrder());

  /** For a foreign call, during which this object must be kept reachable. */
  public long address() {
    return memory.address();
  }

  public void set(long value) {
    if (ForeignLibrary.POINTER_BYTES == Long.BYTES) {
      cell.putLong(0, value);
    } else {
      cell.putInt(0, Math.toIntExact(value));
    }
  }

  public long get() {
    return ForeignLibrary.POINTER_BYTES == Long.BYTES
        ? cell.getLong(0)
        : Integer.toUnsignedLong(cell.getInt(0));
  }
}
