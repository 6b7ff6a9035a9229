package org.kobako.block.client.mount.fuse;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kobako.block.format.OffHeapBuffer;

/**
 * What the kernel asks, as it lies in the memory that the device was read into: {@code
 * fuse_in_header} and a body, in the machine's own byte order. One thread's, overwritten by its
 * next request.
 *
 * <pre>
 *  0        4        8                 16                24
 * +--------+--------+-----------------+-----------------+
 * | length | opcode |     unique      |     node id     |
 * +--------+--------+--------+--------+-----------------+
 * |  uid   |  gid   |  pid   | extlen |     body ...
 * +--------+--------+--------+--------+-----------------+
 * 24       28       32       36       40
 * </pre>
 */
final class FuseRequest {
  static final int HEADER_BYTES = 40;

  private static final int LENGTH_OFFSET = 0;
  private static final int OPCODE_OFFSET = 4;
  private static final int UNIQUE_OFFSET = 8;
  private static final int NODE_ID_OFFSET = 16;

  /**
   * Room for a request. The kernel wants 8 KiB at least (FUSE_MIN_READ_BUFFER) and refuses by
   * itself what is longer; a name has 255 bytes, and nobody writes here.
   */
  static final int CAPACITY_BYTES = 16 << 10;

  private final OffHeapBuffer memory = OffHeapBuffer.allocate(CAPACITY_BYTES);
  private final ByteBuffer bytes = memory.view().order(ByteOrder.nativeOrder());
  private int length;

  /** Where a device puts the next request. */
  OffHeapBuffer memory() {
    return memory;
  }

  /** Takes in so many received bytes. */
  void received(int receivedBytes) {
    length = receivedBytes;
  }

  /** Whether there is a header, hence somebody to answer. */
  boolean hasHeader() {
    return length >= HEADER_BYTES;
  }

  /** Whether the length is what the header says and the body as long as its opcode needs. */
  boolean isWellFormed() {
    return bytes.getInt(LENGTH_OFFSET) == length
        && length - HEADER_BYTES >= opcode().minBodyBytes();
  }

  Opcode opcode() {
    return Opcode.of(bytes.getInt(OPCODE_OFFSET));
  }

  /** The request's ordinal, to be repeated in the answer. */
  long unique() {
    return bytes.getLong(UNIQUE_OFFSET);
  }

  long nodeId() {
    return bytes.getLong(NODE_ID_OFFSET);
  }

  int bodyLength() {
    return length - HEADER_BYTES;
  }

  int bodyInt(int offset) {
    return bytes.getInt(HEADER_BYTES + offset);
  }

  long bodyLong(int offset) {
    return bytes.getLong(HEADER_BYTES + offset);
  }

  /** Whether the body is this name and a zero byte. */
  boolean bodyIsName(byte[] name) {
    if (bodyLength() <= name.length || bytes.get(HEADER_BYTES + name.length) != 0) {
      return false;
    }
    for (int i = 0; i < name.length; i++) {
      if (bytes.get(HEADER_BYTES + i) != name[i]) {
        return false;
      }
    }
    return true;
  }

  // Bodies, as offsets of their fields.

  /** {@code fuse_init_in}; before 7.6 it ended after the minor version. */
  static final class Init {
    static final int MAJOR_OFFSET = 0;
    static final int MINOR_OFFSET = 4;
    static final int FLAGS_OFFSET = 12;
    static final int BYTES = 16;

    private Init() {}
  }

  /** {@code fuse_open_in}. */
  static final class Open {
    static final int FLAGS_OFFSET = 0;

    private Open() {}
  }

  /** {@code fuse_read_in}, for files and directories. */
  static final class Read {
    static final int POSITION_OFFSET = 8;
    static final int SIZE_OFFSET = 16;

    private Read() {}
  }

  /** {@code fuse_lseek_in}. */
  static final class Seek {
    static final int POSITION_OFFSET = 8;
    static final int WHENCE_OFFSET = 16;

    private Seek() {}
  }

  /** {@code fuse_access_in}. */
  static final class Access {
    static final int MASK_OFFSET = 0;

    private Access() {}
  }
}
