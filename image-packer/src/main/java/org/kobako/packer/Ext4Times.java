package org.kobako.packer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Gives the inodes of a new ext4 file system times that depend on nothing but the tree. {@code
 * mke2fs -d} copies the access and change times of the source too, which differ from one look at
 * the same tree to the next; here they become the modification time.
 *
 * <p>A flyweight over superblock, group descriptors and inode tables (Linux:
 * Documentation/filesystems/ext4). Only for what {@link DirectoryFilesystem#EXT4} makes: 32-bit
 * block numbers, 256-byte inodes and no checksums.
 */
final class Ext4Times {
  private static final int SUPERBLOCK_OFFSET = 1024;
  private static final int SUPERBLOCK_BYTES = 1024;
  private static final int INODES_COUNT_OFFSET = 0;
  private static final int FIRST_DATA_BLOCK_OFFSET = 20;
  private static final int LOG_BLOCK_SIZE_OFFSET = 24;
  private static final int INODES_PER_GROUP_OFFSET = 40;
  private static final int MAGIC_OFFSET = 56;
  private static final int MAGIC = 0xef53;

  private static final int DESCRIPTOR_BYTES = 32;
  private static final int INODE_TABLE_OFFSET = 8;

  private static final int INODE_BYTES = 256;
  private static final int ATIME_OFFSET = 8;
  private static final int CTIME_OFFSET = 12;
  private static final int MTIME_OFFSET = 16;
  private static final int LINKS_COUNT_OFFSET = 26;
  private static final int CTIME_EXTRA_OFFSET = 0x84;
  private static final int MTIME_EXTRA_OFFSET = 0x88;
  private static final int ATIME_EXTRA_OFFSET = 0x8c;

  private Ext4Times() {}

  static void settle(Path file) throws IOException {
    try (FileChannel disk =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer superblock = read(disk, SUPERBLOCK_OFFSET, SUPERBLOCK_BYTES);
      if (Short.toUnsignedInt(superblock.getShort(MAGIC_OFFSET)) != MAGIC) {
        throw new IOException(file + " is not an ext4 file system");
      }
      long blockBytes = 1024L << superblock.getInt(LOG_BLOCK_SIZE_OFFSET);
      int inodesPerGroup = superblock.getInt(INODES_PER_GROUP_OFFSET);
      int groups = superblock.getInt(INODES_COUNT_OFFSET) / inodesPerGroup;
      long descriptors = (superblock.getInt(FIRST_DATA_BLOCK_OFFSET) + 1) * blockBytes;
      for (int group = 0; group < groups; group++) {
        ByteBuffer descriptor =
            read(disk, descriptors + (long) group * DESCRIPTOR_BYTES, DESCRIPTOR_BYTES);
        long table = Integer.toUnsignedLong(descriptor.getInt(INODE_TABLE_OFFSET)) * blockBytes;
        ByteBuffer inodes = read(disk, table, inodesPerGroup * INODE_BYTES);
        for (int inode = 0; inode < inodes.limit(); inode += INODE_BYTES) {
          if (inodes.getShort(inode + LINKS_COUNT_OFFSET) != 0) {
            int seconds = inodes.getInt(inode + MTIME_OFFSET);
            int extra = inodes.getInt(inode + MTIME_EXTRA_OFFSET);
            inodes
                .putInt(inode + ATIME_OFFSET, seconds)
                .putInt(inode + CTIME_OFFSET, seconds)
                .putInt(inode + ATIME_EXTRA_OFFSET, extra)
                .putInt(inode + CTIME_EXTRA_OFFSET, extra);
          }
        }
        for (long at = table; inodes.hasRemaining(); ) {
          at += disk.write(inodes, at);
        }
      }
    }
  }

  private static ByteBuffer read(FileChannel disk, long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (disk.read(bytes, offset + bytes.position()) < 0) {
        throw new IOException("the file system is shorter than it says");
      }
    }
    return bytes.flip();
  }
}
