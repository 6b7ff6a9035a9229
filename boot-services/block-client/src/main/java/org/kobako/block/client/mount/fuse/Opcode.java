package org.kobako.block.client.mount.fuse;

/** What a request asks for, with the least body it must have (linux/fuse.h, enum fuse_opcode). */
enum Opcode {
  LOOKUP(1, 1),
  FORGET(2, 0),
  GETATTR(3, 0),
  SETATTR(4, 0),
  READLINK(5, 0),
  SYMLINK(6, 0),
  MKNOD(8, 0),
  MKDIR(9, 0),
  UNLINK(10, 0),
  RMDIR(11, 0),
  RENAME(12, 0),
  LINK(13, 0),
  OPEN(14, 4),
  READ(15, 24),
  WRITE(16, 0),
  STATFS(17, 0),
  RELEASE(18, 0),
  FSYNC(20, 0),
  SETXATTR(21, 0),
  GETXATTR(22, 0),
  LISTXATTR(23, 0),
  REMOVEXATTR(24, 0),
  FLUSH(25, 0),
  INIT(26, 8),
  OPENDIR(27, 0),
  READDIR(28, 24),
  RELEASEDIR(29, 0),
  FSYNCDIR(30, 0),
  ACCESS(34, 4),
  CREATE(35, 0),
  INTERRUPT(36, 0),
  DESTROY(38, 0),
  NOTIFY_REPLY(41, 0),
  BATCH_FORGET(42, 0),
  FALLOCATE(43, 0),
  READDIRPLUS(44, 24),
  RENAME2(45, 0),
  LSEEK(46, 20),
  COPY_FILE_RANGE(47, 0),
  TMPFILE(51, 0),
  /** Whatever else this or a later kernel asks: locks, ioctl, poll, statx ... */
  OTHER(-1, 0);

  private static final Opcode[] BY_CODE = new Opcode[64];

  static {
    java.util.Arrays.fill(BY_CODE, OTHER);
    for (Opcode opcode : values()) {
      if (opcode.code >= 0) {
        BY_CODE[opcode.code] = opcode;
      }
    }
  }

  private final int code;
  private final int minBodyBytes;

  Opcode(int code, int minBodyBytes) {
    this.code = code;
    this.minBodyBytes = minBodyBytes;
  }

  static Opcode of(int code) {
    return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : OTHER;
  }

  int code() {
    return code;
  }

  int minBodyBytes() {
    return minBodyBytes;
  }
}
