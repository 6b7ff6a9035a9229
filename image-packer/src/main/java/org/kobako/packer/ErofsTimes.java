package org.kobako.packer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Takes the time of its making out of a new erofs file system. {@code mkfs.erofs -T} would do so
 * too, but before erofs-utils 1.8 gives all files that time.
 *
 * <p>A flyweight over the superblock (Linux: fs/erofs/erofs_fs.h).
 */
final class ErofsTimes {
  private static final int SUPERBLOCK_OFFSET = 1024;
  private static final int MAGIC_OFFSET = 0;
  private static final int MAGIC = 0xe0f5e1e2;
  private static final int CHECKSUM_OFFSET = 4;
  private static final int FEATURE_COMPAT_OFFSET = 8;
  private static final int FEATURE_CHECKSUM = 1;
  private static final int BLOCK_SIZE_BITS_OFFSET = 12;
  private static final int BUILD_TIME_OFFSET = 24;
  private static final int BUILD_TIME_NS_OFFSET = 32;
  private static final int MAX_BLOCK_BYTES = 64 << 10;

  private ErofsTimes() {}

  static void settle(Path file) throws IOException {
    try (FileChannel disk =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer superblock =
          ByteBuffer.allocate(MAX_BLOCK_BYTES - SUPERBLOCK_OFFSET).order(ByteOrder.LITTLE_ENDIAN);
      while (superblock.hasRemaining()
          && disk.read(superblock, SUPERBLOCK_OFFSET + superblock.position()) >= 0) {
        // Until the buffer or the file ends.
      }
      superblock.flip();
      // The checksum runs from the superblock to the end of the block that it lies in.
      int length = (1 << superblock.get(BLOCK_SIZE_BITS_OFFSET)) - SUPERBLOCK_OFFSET;
      if (superblock.getInt(MAGIC_OFFSET) != MAGIC || length > superblock.limit()) {
        throw new IOException(file + " is not an erofs file system");
      }
      superblock
          .limit(length)
          .putLong(BUILD_TIME_OFFSET, 0)
          .putInt(BUILD_TIME_NS_OFFSET, 0)
          .putInt(CHECKSUM_OFFSET, 0);
      if ((superblock.getInt(FEATURE_COMPAT_OFFSET) & FEATURE_CHECKSUM) != 0) {
        CRC32C checksum = new CRC32C();
        checksum.update(superblock.duplicate());
        superblock.putInt(CHECKSUM_OFFSET, ~(int) checksum.getValue());
      }
      for (int at = SUPERBLOCK_OFFSET; superblock.hasRemaining(); ) {
        at += disk.write(superblock, at);
      }
    }
  }
}
