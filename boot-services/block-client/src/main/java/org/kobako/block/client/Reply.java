package org.kobako.block.client;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.kobako.block.format.BlockSize;
import org.kobako.block.format.OffHeapBuffer;

/**
 * The answer to one read, as parts that lie where they lie: pinned slots of the block cache, this
 * reply's own room, zeros. Reused for every read of one thread, so that none allocates.
 *
 * <p>Ownership: {@link Disk#read} fills it, the mount sends {@link #buffers} (or the addresses) in
 * one gathering write and calls {@link #release}; between the two nobody writes the parts.
 */
public final class Reply {
  /** The longest read, in bytes: what one FUSE request can ask for. */
  public static final int MAX_BYTES = 1 << 20;

  /** Blocks that a read of {@link #MAX_BYTES} can touch. */
  public static final int MAX_PARTS = MAX_BYTES / BlockSize.MIN_BYTES + 1;

  private static final OffHeapBuffer ZEROS = OffHeapBuffer.allocate(MAX_BYTES);

  /** Gives slots back; called for each pinned part. */
  @FunctionalInterface
  public interface Unpin {
    void unpin(int slot);
  }

  private final OffHeapBuffer header;
  private final OffHeapBuffer room = OffHeapBuffer.allocate(MAX_BYTES);
  private final @Nullable OffHeapBuffer slots;
  private final Unpin unpin;

  private final ByteBuffer[] slotViews = new ByteBuffer[MAX_PARTS];
  private final ByteBuffer[] roomViews = new ByteBuffer[MAX_PARTS];
  private final ByteBuffer[] zeroViews = new ByteBuffer[MAX_PARTS];

  private final ByteBuffer[] buffers = new ByteBuffer[1 + MAX_PARTS];
  private final long[] addresses = new long[MAX_PARTS];
  private final int[] lengths = new int[MAX_PARTS];
  private final int[] pinned = new int[MAX_PARTS];
  private int parts;
  private int pins;
  private int length;
  private int roomUsed;

  /**
   * @param headerBytes room for a mount's reply header
   * @param slots memory of the block cache, null where there is none
   */
  public Reply(int headerBytes, @Nullable OffHeapBuffer slots, Unpin unpin) {
    this.header = OffHeapBuffer.allocate(headerBytes);
    this.slots = slots;
    this.unpin = unpin;
    buffers[0] = header.bytes();
    for (int i = 0; i < MAX_PARTS; i++) {
      slotViews[i] = (slots == null ? ZEROS : slots).view();
      roomViews[i] = room.view();
      zeroViews[i] = ZEROS.view().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  // What a mount needs.

  /**
   * The mount's own header; it is {@link #buffers}[0] and its position and limit are the mount's.
   */
  public OffHeapBuffer header() {
    return header;
  }

  /**
   * Header and parts, for a gathering write of the first {@code 1 + parts()} buffers; each part's
   * position and limit enclose it.
   */
  public ByteBuffer[] buffers() {
    return buffers;
  }

  public int parts() {
    return parts;
  }

  /** Address of a part, from 0, for a foreign call. */
  public long address(int part) {
    return addresses[part];
  }

  /** Bytes of a part, from 0. */
  public int length(int part) {
    return lengths[part];
  }

  /** Bytes of all parts. */
  public int length() {
    return length;
  }

  /** Gives the pinned slots back; the parts are void. May be called twice. */
  public void release() {
    for (int i = 0; i < pins; i++) {
      unpin.unpin(pinned[i]);
    }
    pins = 0;
    parts = 0;
    length = 0;
    roomUsed = 0;
  }

  // What a disk needs.

  /**
   * Takes a part out of this reply's own room; the disk writes it before the reply is handed out.
   *
   * @return the part's offset in {@link #room}
   */
  public int appendRoom(int partLength) {
    int offset = roomUsed;
    append(roomViews[parts], room, offset, partLength);
    roomUsed += partLength;
    return offset;
  }

  /** Memory of the parts that {@link #appendRoom} takes. */
  public OffHeapBuffer room() {
    return room;
  }

  /** Adds zeros. */
  public void appendZeros(int partLength) {
    append(zeroViews[parts], ZEROS, 0, partLength);
  }

  /**
   * Adds bytes of a slot, which stays pinned until {@link #release}.
   *
   * @param offset in the memory of all slots
   */
  public void appendSlot(int slot, int offset, int partLength) {
    OffHeapBuffer memory = slots;
    if (memory == null) {
      throw new IllegalStateException("this reply has no block cache behind it");
    }
    append(slotViews[parts], memory, offset, partLength);
    pinned[pins++] = slot;
  }

  private void append(ByteBuffer view, OffHeapBuffer memory, int offset, int partLength) {
    view.limit(offset + partLength).position(offset);
    buffers[1 + parts] = view;
    addresses[parts] = memory.address() + offset;
    lengths[parts] = partLength;
    parts++;
    length += partLength;
  }
}
