package org.kobako.block.format;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Fixed memory outside the Java heap, as an address for foreign calls and as a buffer for channels.
 *
 * <p>Its owner writes it and hands it on; it is never written by two threads at once. The memory
 * starts on a page, is zero when made and lives as long as this object is reachable: whoever keeps
 * the address keeps the object.
 */
public final class OffHeapBuffer {
  private static final int PAGE_BYTES = 4096;

  private final ByteBuffer bytes;
  private final long address;

  private OffHeapBuffer(ByteBuffer bytes) {
    this.bytes = bytes;
    this.address = MemorySegment.ofBuffer(bytes).address();
  }

  /** Makes a buffer of so many bytes; counts against {@code -XX:MaxDirectMemorySize}. */
  public static OffHeapBuffer allocate(int capacityBytes) {
    ByteBuffer whole = ByteBuffer.allocateDirect(capacityBytes + PAGE_BYTES);
    int start = (PAGE_BYTES - whole.alignmentOffset(0, PAGE_BYTES)) % PAGE_BYTES;
    ByteBuffer aligned = whole.slice(start, capacityBytes);
    return new OffHeapBuffer(aligned.order(ByteOrder.LITTLE_ENDIAN));
  }

  /**
   * The same memory for another owner, who writes other parts of it: with a position of its own.
   */
  public OffHeapBuffer alias() {
    return new OffHeapBuffer(view());
  }

  public int capacityBytes() {
    return bytes.capacity();
  }

  /** Address of the first byte, for a foreign call. */
  public long address() {
    return address;
  }

  /** The owner's view, little-endian; its position and limit belong to the owner. */
  public ByteBuffer bytes() {
    return bytes;
  }

  /** Another view of the same memory with a position and limit of its own, little-endian. */
  public ByteBuffer view() {
    return bytes.duplicate().clear().order(ByteOrder.LITTLE_ENDIAN);
  }
}
