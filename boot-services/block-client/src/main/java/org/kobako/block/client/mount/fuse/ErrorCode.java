package org.kobako.block.client.mount.fuse;

/** Error numbers of Linux, the same on x86, ARM and SH (asm-generic/errno.h). */
final class ErrorCode {
  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int EIO = 5;
  static final int ENXIO = 6;
  static final int EAGAIN = 11;
  static final int EACCES = 13;
  static final int EBUSY = 16;
  static final int ENODEV = 19;
  static final int ENOTDIR = 20;
  static final int EISDIR = 21;
  static final int EINVAL = 22;
  static final int EROFS = 30;
  static final int ENOSYS = 38;
  static final int EPROTO = 71;
  static final int ENOTCONN = 107;
  static final int ESTALE = 116;

  private ErrorCode() {}
}
