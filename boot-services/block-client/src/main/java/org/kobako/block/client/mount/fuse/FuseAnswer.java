package org.kobako.block.client.mount.fuse;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kobako.block.format.OffHeapBuffer;

/**
 * What goes back to the kernel: {@code fuse_out_header}, and a body that stands either here behind
 * the header or, for a read, in the parts of the thread's reply. One thread's, reused for every
 * request.
 *
 * <pre>
 *  0        4        8                 16
 * +--------+--------+-----------------+---------
 * | length | -errno |     unique      | body ...
 * +--------+--------+-----------------+---------
 * </pre>
 */
final class FuseAnswer {
  static final int HEADER_BYTES = 16;

  private static final int LENGTH_OFFSET = 0;
  private static final int ERROR_OFFSET = 4;
  private static final int UNIQUE_OFFSET = 8;

  /** The longest body is a directory of three entries, each with a name of up to 255 bytes. */
  static final int BODY_CAPACITY_BYTES = 4096;

  private final OffHeapBuffer memory = OffHeapBuffer.allocate(HEADER_BYTES + BODY_CAPACITY_BYTES);
  private final ByteBuffer bytes = memory.view().order(ByteOrder.nativeOrder());
  private int lengthHere;

  /** Begins the answer to a request: none yet. */
  void begin(long unique) {
    bytes.putLong(UNIQUE_OFFSET, unique);
    lengthHere = 0;
  }

  void fail(int errorCode) {
    finish(0, 0, -errorCode);
  }

  /** Done, nothing to tell. */
  void succeed() {
    finish(0, 0, 0);
  }

  /** Done; the body is the first bytes of {@link #body}. */
  void succeed(int bodyLength) {
    finish(bodyLength, 0, 0);
  }

  /** Done; the body is the parts of the reply. */
  void succeedWithParts(int partsLength) {
    finish(0, partsLength, 0);
  }

  private void finish(int bodyLength, int partsLength, int error) {
    bytes.putInt(LENGTH_OFFSET, HEADER_BYTES + bodyLength + partsLength);
    bytes.putInt(ERROR_OFFSET, error);
    lengthHere = HEADER_BYTES + bodyLength;
  }

  /** Whether there is anything to send: some requests want no answer. */
  boolean isDue() {
    return lengthHere > 0;
  }

  /** Bytes of {@link #memory} to send before the parts of the reply. */
  int lengthHere() {
    return lengthHere;
  }

  OffHeapBuffer memory() {
    return memory;
  }

  // Writing a body; offsets count from its start.

  void clearBody(int length) {
    for (int i = 0; i < length; i++) {
      bytes.put(HEADER_BYTES + i, (byte) 0);
    }
  }

  void putShort(int offset, int value) {
    bytes.putShort(HEADER_BYTES + offset, (short) value);
  }

  void putInt(int offset, int value) {
    bytes.putInt(HEADER_BYTES + offset, value);
  }

  void putLong(int offset, long value) {
    bytes.putLong(HEADER_BYTES + offset, value);
  }

  void putBytes(int offset, byte[] value) {
    bytes.put(HEADER_BYTES + offset, value);
  }

  // Bodies, as offsets of their fields.

  /** {@code fuse_init_out}. */
  static final class Init {
    static final int MAJOR_OFFSET = 0;
    static final int MINOR_OFFSET = 4;
    static final int MAX_READAHEAD_OFFSET = 8;
    static final int FLAGS_OFFSET = 12;
    static final int MAX_BACKGROUND_OFFSET = 16;
    static final int CONGESTION_THRESHOLD_OFFSET = 18;
    static final int MAX_WRITE_OFFSET = 20;
    static final int TIME_GRANULARITY_OFFSET = 24;
    static final int MAX_PAGES_OFFSET = 28;
    static final int BYTES = 64;

    /** Before 7.23. */
    static final int SHORT_BYTES = 24;

    /** To a kernel of another major version, which then asks again. */
    static final int VERSION_BYTES = 8;

    private Init() {}
  }

  /** {@code fuse_attr}, 7.9 and later. */
  static final class Attributes {
    static final int INODE_OFFSET = 0;
    static final int LENGTH_OFFSET = 8;
    static final int SECTORS_OFFSET = 16;
    static final int ACCESSED_OFFSET = 24;
    static final int MODIFIED_OFFSET = 32;
    static final int CHANGED_OFFSET = 40;
    static final int MODE_OFFSET = 60;
    static final int LINKS_OFFSET = 64;
    static final int UID_OFFSET = 68;
    static final int GID_OFFSET = 72;
    static final int BLOCK_BYTES_OFFSET = 80;
    static final int BYTES = 88;

    private Attributes() {}
  }

  /** {@code fuse_attr_out}: how long the kernel may keep them, then the attributes. */
  static final class GetAttributes {
    static final int VALID_SECONDS_OFFSET = 0;
    static final int ATTRIBUTES_OFFSET = 16;
    static final int BYTES = ATTRIBUTES_OFFSET + Attributes.BYTES;

    private GetAttributes() {}
  }

  /** {@code fuse_entry_out}: a name's node, how long the kernel may keep it, attributes. */
  static final class Entry {
    static final int NODE_ID_OFFSET = 0;
    static final int NAME_VALID_SECONDS_OFFSET = 16;
    static final int ATTRIBUTES_VALID_SECONDS_OFFSET = 24;
    static final int ATTRIBUTES_OFFSET = 40;
    static final int BYTES = ATTRIBUTES_OFFSET + Attributes.BYTES;

    private Entry() {}
  }

  /** {@code fuse_dirent}; READDIRPLUS puts a {@link Entry} before each. */
  static final class DirectoryEntry {
    static final int INODE_OFFSET = 0;
    static final int NEXT_OFFSET = 8;
    static final int NAME_LENGTH_OFFSET = 16;
    static final int TYPE_OFFSET = 20;
    static final int NAME_OFFSET = 24;

    private DirectoryEntry() {}

    /** Entries start on 8 bytes. */
    static int bytes(int nameLength) {
      return (NAME_OFFSET + nameLength + 7) & ~7;
    }
  }

  /** {@code fuse_open_out}. */
  static final class Open {
    static final int FLAGS_OFFSET = 8;
    static final int BYTES = 16;

    private Open() {}
  }

  /** {@code fuse_lseek_out}. */
  static final class Seek {
    static final int POSITION_OFFSET = 0;
    static final int BYTES = 8;

    private Seek() {}
  }

  /** {@code fuse_statfs_out}. */
  static final class FileSystem {
    static final int BLOCKS_OFFSET = 0;
    static final int FILES_OFFSET = 24;
    static final int BLOCK_BYTES_OFFSET = 40;
    static final int NAME_LENGTH_OFFSET = 44;
    static final int FRAGMENT_BYTES_OFFSET = 48;
    static final int BYTES = 80;

    private FileSystem() {}
  }
}
