package org.kobako.block.client.mount.fuse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.kobako.block.client.Disk;
import org.kobako.block.client.Reply;

/**
 * The file system: a directory with the disk as its one read-only file. Turns a request into its
 * answer and knows neither device nor threads; any number of threads call {@link #answer}, each
 * with its own request, answer and reply.
 */
final class FuseFiles {
  /** The protocol that is spoken: 7.31 (Linux 5.4). A kernel that is older has its own way. */
  static final int MAJOR = 7;

  static final int MINOR = 31;

  /** The first with attributes of today's shape: Linux 2.6.24. */
  static final int OLDEST_MINOR = 9;

  /** The first whose INIT answer has 64 bytes: Linux 3.15. */
  private static final int LONG_INIT_MINOR = 23;

  /** Instead of a minor version: the kernel's protocol is too old. */
  static final int REFUSED = -1;

  static final long DIRECTORY = 1;
  static final long FILE = 2;

  // INIT flags that are taken where the kernel offers them.
  private static final int ASYNC_READ = 1;
  private static final int DO_READDIRPLUS = 1 << 13;
  private static final int READDIRPLUS_AUTO = 1 << 14;
  private static final int ASYNC_DIO = 1 << 15;
  private static final int PARALLEL_DIROPS = 1 << 18;
  private static final int MAX_PAGES = 1 << 22;
  private static final int WANTED =
      ASYNC_READ | DO_READDIRPLUS | READDIRPLUS_AUTO | ASYNC_DIO | PARALLEL_DIROPS | MAX_PAGES;

  /** Read-ahead and asynchronous direct reads under way at once; from 3/4 on the kernel waits. */
  private static final int MAX_BACKGROUND = 64;

  /** The least that kernels take; nobody writes here. */
  private static final int MAX_WRITE_BYTES = 4096;

  private static final int PAGE_BYTES = 4096;

  private static final int FOPEN_KEEP_CACHE = 1 << 1;
  private static final int OPEN_ACCESS_MODE = 3;
  private static final int ACCESS_WRITE = 2;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;

  private static final int DIRECTORY_MODE = 0040555;
  private static final int FILE_MODE = 0100444;
  private static final int DIRECTORY_TYPE = 4;
  private static final int FILE_TYPE = 8;

  /** An image's content never changes: the kernel may keep names and attributes for a year. */
  private static final long VALID_SECONDS = 365L * 24 * 3600;

  private static final byte[] SELF = {'.'};
  private static final byte[] PARENT = {'.', '.'};

  private final Disk disk;
  private final byte[] name;
  private final Faults faults;
  private final long dataSectors;
  private final long mountedAtSeconds;
  private final int uid;
  private final int gid;
  private volatile int minor;

  /**
   * @param mountedAt the time that both files carry
   * @param uid the owner that both files show
   */
  FuseFiles(Disk disk, Faults faults, Instant mountedAt, int uid, int gid) {
    this.disk = disk;
    this.name = disk.name().getBytes(StandardCharsets.UTF_8);
    this.faults = faults;
    this.dataSectors = (dataBytes(disk) + 511) / 512;
    this.mountedAtSeconds = mountedAt.getEpochSecond();
    this.uid = uid;
    this.gid = gid;
  }

  /** Plain bytes that lie in no hole: what {@code du} shows and {@code cp} goes by. */
  private static long dataBytes(Disk disk) {
    long sum = 0;
    long end;
    for (long at = 0; at < disk.lengthBytes(); at = end) {
      end = disk.runEnd(at);
      sum += disk.isHole(at) ? 0 : end - at;
    }
    return sum;
  }

  /** The minor version agreed on with the kernel, 0 before, or {@link #REFUSED}. */
  int minor() {
    return minor;
  }

  /** Answers a request that has a header; a read's bytes are then in the reply. */
  void answer(FuseRequest request, FuseAnswer answer, Reply reply) {
    answer.begin(request.unique());
    if (!request.isWellFormed()) {
      answer.fail(ErrorCode.EINVAL);
      return;
    }
    switch (request.opcode()) {
      case READ -> read(request, answer, reply);
      case INIT -> agree(request, answer);
      case LOOKUP -> lookUp(request, answer);
      case GETATTR -> attributes(request, answer);
      case OPEN -> open(request, answer);
      case OPENDIR -> openDirectory(request, answer);
      case READDIR -> list(request, answer, 0);
      case READDIRPLUS -> list(request, answer, FuseAnswer.Entry.BYTES);
      case LSEEK -> seek(request, answer);
      case STATFS -> fileSystem(answer);
      case ACCESS -> access(request, answer);
      case RELEASE, RELEASEDIR, DESTROY -> answer.succeed();
      // Node ids are fixed: there is nothing to forget, and nobody waits for an answer.
      case FORGET, BATCH_FORGET, NOTIFY_REPLY -> {}
      case WRITE,
          SETATTR,
          SYMLINK,
          MKNOD,
          MKDIR,
          UNLINK,
          RMDIR,
          RENAME,
          RENAME2,
          LINK,
          CREATE,
          TMPFILE,
          FALLOCATE,
          COPY_FILE_RANGE,
          SETXATTR,
          REMOVEXATTR ->
          answer.fail(ErrorCode.EROFS);
      case READLINK -> answer.fail(ErrorCode.EINVAL);
      // The kernel takes this for "there is no such thing here" and asks no more.
      case FLUSH, FSYNC, FSYNCDIR, GETXATTR, LISTXATTR, INTERRUPT, OTHER ->
          answer.fail(ErrorCode.ENOSYS);
    }
  }

  private void read(FuseRequest request, FuseAnswer answer, Reply reply) {
    long position = request.bodyLong(FuseRequest.Read.POSITION_OFFSET);
    int size = request.bodyInt(FuseRequest.Read.SIZE_OFFSET);
    if (request.nodeId() != FILE) {
      answer.fail(notTheFile(request.nodeId()));
      return;
    }
    // A short answer means end of file to the kernel: what is too long is refused, not cut.
    if (position < 0 || size < 0 || size > Reply.MAX_BYTES) {
      answer.fail(ErrorCode.EINVAL);
      return;
    }
    int length = (int) Math.min(size, Math.max(0, disk.lengthBytes() - position));
    if (length == 0) {
      answer.succeed();
      return;
    }
    try {
      disk.read(position, length, reply);
      answer.succeedWithParts(reply.length());
    } catch (IOException unreadable) {
      reply.release();
      faults.add(position, length, unreadable);
      answer.fail(ErrorCode.EIO);
    }
  }

  private void agree(FuseRequest request, FuseAnswer answer) {
    int kernelMajor = request.bodyInt(FuseRequest.Init.MAJOR_OFFSET);
    int kernelMinor = request.bodyInt(FuseRequest.Init.MINOR_OFFSET);
    if (kernelMajor < MAJOR || (kernelMajor == MAJOR && kernelMinor < OLDEST_MINOR)) {
      answer.fail(ErrorCode.EPROTO);
      minor = REFUSED;
      return;
    }
    answer.clearBody(FuseAnswer.Init.BYTES);
    answer.putInt(FuseAnswer.Init.MAJOR_OFFSET, MAJOR);
    answer.putInt(FuseAnswer.Init.MINOR_OFFSET, MINOR);
    if (kernelMajor > MAJOR) {
      answer.succeed(FuseAnswer.Init.VERSION_BYTES);
      return;
    }
    int offered =
        request.bodyLength() < FuseRequest.Init.BYTES
            ? 0
            : request.bodyInt(FuseRequest.Init.FLAGS_OFFSET);
    answer.putInt(FuseAnswer.Init.MAX_READAHEAD_OFFSET, Reply.MAX_BYTES);
    answer.putInt(FuseAnswer.Init.FLAGS_OFFSET, offered & WANTED);
    answer.putShort(FuseAnswer.Init.MAX_BACKGROUND_OFFSET, MAX_BACKGROUND);
    answer.putShort(FuseAnswer.Init.CONGESTION_THRESHOLD_OFFSET, MAX_BACKGROUND * 3 / 4);
    answer.putInt(FuseAnswer.Init.MAX_WRITE_OFFSET, MAX_WRITE_BYTES);
    answer.putInt(FuseAnswer.Init.TIME_GRANULARITY_OFFSET, 1);
    answer.putShort(FuseAnswer.Init.MAX_PAGES_OFFSET, Reply.MAX_BYTES / PAGE_BYTES);
    answer.succeed(
        kernelMinor < LONG_INIT_MINOR ? FuseAnswer.Init.SHORT_BYTES : FuseAnswer.Init.BYTES);
    minor = Math.min(kernelMinor, MINOR);
  }

  private void lookUp(FuseRequest request, FuseAnswer answer) {
    if (request.nodeId() != DIRECTORY || !request.bodyIsName(name)) {
      answer.fail(ErrorCode.ENOENT);
      return;
    }
    putEntry(answer, 0, FILE);
    answer.succeed(FuseAnswer.Entry.BYTES);
  }

  private void attributes(FuseRequest request, FuseAnswer answer) {
    long node = request.nodeId();
    if (node != DIRECTORY && node != FILE) {
      answer.fail(ErrorCode.ESTALE);
      return;
    }
    answer.clearBody(FuseAnswer.GetAttributes.BYTES);
    answer.putLong(FuseAnswer.GetAttributes.VALID_SECONDS_OFFSET, VALID_SECONDS);
    putAttributes(answer, FuseAnswer.GetAttributes.ATTRIBUTES_OFFSET, node);
    answer.succeed(FuseAnswer.GetAttributes.BYTES);
  }

  private void open(FuseRequest request, FuseAnswer answer) {
    if (request.nodeId() != FILE) {
      answer.fail(notTheFile(request.nodeId()));
    } else if ((request.bodyInt(FuseRequest.Open.FLAGS_OFFSET) & OPEN_ACCESS_MODE) != 0) {
      answer.fail(ErrorCode.EROFS);
    } else {
      answer.clearBody(FuseAnswer.Open.BYTES);
      answer.putInt(FuseAnswer.Open.FLAGS_OFFSET, FOPEN_KEEP_CACHE);
      answer.succeed(FuseAnswer.Open.BYTES);
    }
  }

  private static void openDirectory(FuseRequest request, FuseAnswer answer) {
    if (request.nodeId() != DIRECTORY) {
      answer.fail(notTheDirectory(request.nodeId()));
      return;
    }
    answer.clearBody(FuseAnswer.Open.BYTES);
    answer.succeed(FuseAnswer.Open.BYTES);
  }

  /**
   * Lists the directory from a position on: 0 itself, 1 its parent, 2 the disk.
   *
   * @param entryBytes room for a {@link FuseAnswer.Entry} before each name, 0 for names alone
   */
  private void list(FuseRequest request, FuseAnswer answer, int entryBytes) {
    if (request.nodeId() != DIRECTORY) {
      answer.fail(notTheDirectory(request.nodeId()));
      return;
    }
    long position = request.bodyLong(FuseRequest.Read.POSITION_OFFSET);
    int size = request.bodyInt(FuseRequest.Read.SIZE_OFFSET);
    int room = Math.min(size, FuseAnswer.BODY_CAPACITY_BYTES);
    int used = 0;
    for (long at = Math.max(0, position); at < 3; at++) {
      byte[] entryName = at == 0 ? SELF : at == 1 ? PARENT : name;
      int bytes = entryBytes + FuseAnswer.DirectoryEntry.bytes(entryName.length);
      if (bytes > room - used) {
        break;
      }
      putDirectoryEntry(answer, used, entryBytes, at, entryName);
      used += bytes;
    }
    answer.succeed(used);
  }

  private void putDirectoryEntry(
      FuseAnswer answer, int start, int entryBytes, long at, byte[] entryName) {
    boolean isFile = at == 2;
    if (entryBytes > 0) {
      // Node id 0 tells the kernel to look "." and ".." up by itself.
      putEntry(answer, start, isFile ? FILE : 0);
    }
    int entry = start + entryBytes;
    answer.putLong(entry + FuseAnswer.DirectoryEntry.INODE_OFFSET, isFile ? FILE : DIRECTORY);
    answer.putLong(entry + FuseAnswer.DirectoryEntry.NEXT_OFFSET, at + 1);
    answer.putInt(entry + FuseAnswer.DirectoryEntry.NAME_LENGTH_OFFSET, entryName.length);
    answer.putInt(
        entry + FuseAnswer.DirectoryEntry.TYPE_OFFSET, isFile ? FILE_TYPE : DIRECTORY_TYPE);
    answer.putBytes(entry + FuseAnswer.DirectoryEntry.NAME_OFFSET, entryName);
  }

  private void seek(FuseRequest request, FuseAnswer answer) {
    long position = request.bodyLong(FuseRequest.Seek.POSITION_OFFSET);
    int whence = request.bodyInt(FuseRequest.Seek.WHENCE_OFFSET);
    if (request.nodeId() != FILE || (whence != SEEK_DATA && whence != SEEK_HOLE)) {
      answer.fail(ErrorCode.EINVAL);
      return;
    }
    if (position < 0 || position >= disk.lengthBytes()) {
      answer.fail(ErrorCode.ENXIO);
      return;
    }
    boolean found = disk.isHole(position) == (whence == SEEK_HOLE);
    long at = found ? position : disk.runEnd(position);
    if (whence == SEEK_DATA && at == disk.lengthBytes()) {
      answer.fail(ErrorCode.ENXIO);
      return;
    }
    answer.putLong(FuseAnswer.Seek.POSITION_OFFSET, at);
    answer.succeed(FuseAnswer.Seek.BYTES);
  }

  private void fileSystem(FuseAnswer answer) {
    answer.clearBody(FuseAnswer.FileSystem.BYTES);
    answer.putLong(
        FuseAnswer.FileSystem.BLOCKS_OFFSET,
        disk.lengthBytes() / PAGE_BYTES + (disk.lengthBytes() % PAGE_BYTES == 0 ? 0 : 1));
    answer.putLong(FuseAnswer.FileSystem.FILES_OFFSET, 2);
    answer.putInt(FuseAnswer.FileSystem.BLOCK_BYTES_OFFSET, PAGE_BYTES);
    answer.putInt(FuseAnswer.FileSystem.NAME_LENGTH_OFFSET, 255);
    answer.putInt(FuseAnswer.FileSystem.FRAGMENT_BYTES_OFFSET, PAGE_BYTES);
    answer.succeed(FuseAnswer.FileSystem.BYTES);
  }

  private static void access(FuseRequest request, FuseAnswer answer) {
    if ((request.bodyInt(FuseRequest.Access.MASK_OFFSET) & ACCESS_WRITE) != 0) {
      answer.fail(ErrorCode.EROFS);
    } else {
      answer.succeed();
    }
  }

  private void putEntry(FuseAnswer answer, int start, long node) {
    for (int i = 0; i < FuseAnswer.Entry.BYTES; i += Long.BYTES) {
      answer.putLong(start + i, 0);
    }
    if (node != 0) {
      answer.putLong(start + FuseAnswer.Entry.NODE_ID_OFFSET, node);
      answer.putLong(start + FuseAnswer.Entry.NAME_VALID_SECONDS_OFFSET, VALID_SECONDS);
      answer.putLong(start + FuseAnswer.Entry.ATTRIBUTES_VALID_SECONDS_OFFSET, VALID_SECONDS);
      putAttributes(answer, start + FuseAnswer.Entry.ATTRIBUTES_OFFSET, node);
    }
  }

  /** The room must be zero. */
  private void putAttributes(FuseAnswer answer, int start, long node) {
    boolean isFile = node == FILE;
    answer.putLong(start + FuseAnswer.Attributes.INODE_OFFSET, node);
    answer.putLong(start + FuseAnswer.Attributes.LENGTH_OFFSET, isFile ? disk.lengthBytes() : 0);
    answer.putLong(start + FuseAnswer.Attributes.SECTORS_OFFSET, isFile ? dataSectors : 0);
    answer.putLong(start + FuseAnswer.Attributes.ACCESSED_OFFSET, mountedAtSeconds);
    answer.putLong(start + FuseAnswer.Attributes.MODIFIED_OFFSET, mountedAtSeconds);
    answer.putLong(start + FuseAnswer.Attributes.CHANGED_OFFSET, mountedAtSeconds);
    answer.putInt(start + FuseAnswer.Attributes.MODE_OFFSET, isFile ? FILE_MODE : DIRECTORY_MODE);
    answer.putInt(start + FuseAnswer.Attributes.LINKS_OFFSET, isFile ? 1 : 2);
    answer.putInt(start + FuseAnswer.Attributes.UID_OFFSET, uid);
    answer.putInt(start + FuseAnswer.Attributes.GID_OFFSET, gid);
    answer.putInt(start + FuseAnswer.Attributes.BLOCK_BYTES_OFFSET, PAGE_BYTES);
  }

  private static int notTheFile(long node) {
    return node == DIRECTORY ? ErrorCode.EISDIR : ErrorCode.ESTALE;
  }

  private static int notTheDirectory(long node) {
    return node == FILE ? ErrorCode.ENOTDIR : ErrorCode.ESTALE;
  }
}
