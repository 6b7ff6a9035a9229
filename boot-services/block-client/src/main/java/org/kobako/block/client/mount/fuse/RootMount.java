package org.kobako.block.client.mount.fuse;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import org.kobako.block.client.Reply;
import org.kobako.block.format.foreign.Errno;

/** mount(2) and umount2(2) by root. */
final class RootMount implements MountWay {
  private static final long FLAGS =
      SystemCalls.MS_RDONLY | SystemCalls.MS_NOSUID | SystemCalls.MS_NODEV;

  /** Dead mounts that may lie on top of each other at one place. */
  private static final int STACKED = 16;

  @Override
  public String describe() {
    return "mount(2)";
  }

  @Override
  public void detachStale(Path directory) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Errno errno = new Errno();
      long path = arena.allocateFrom(directory.toString()).address();
      for (int i = 0; i < STACKED && isStale(errno, path); i++) {
        if (SystemCalls.umount2(errno, path, SystemCalls.MNT_DETACH) != 0) {
          throw failure("detach the dead mount at", directory, errno.value());
        }
      }
    }
  }

  /**
   * Whether a path is the root of a FUSE file system that nobody serves any more. Only an open asks
   * its server; attributes still come from the kernel's cache.
   */
  static boolean isStale(Errno errno, long path) {
    int descriptor = SystemCalls.open(errno, path, SystemCalls.O_DIRECTORY | SystemCalls.O_CLOEXEC);
    if (descriptor < 0) {
      return errno.value() == ErrorCode.ENOTCONN;
    }
    SystemCalls.close(errno, descriptor);
    return false;
  }

  @Override
  public FuseDevice mount(Path directory, String diskName, FuseConfig config) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Errno errno = new Errno();
      int descriptor =
          SystemCalls.open(
              errno,
              arena.allocateFrom("/dev/fuse").address(),
              SystemCalls.O_RDWR | SystemCalls.O_CLOEXEC);
      if (descriptor < 0) {
        throw new IOException(
            "cannot open /dev/fuse: "
                + SystemCalls.message(errno.value())
                + "; load the kernel module fuse");
      }
      ForeignDevice device = new ForeignDevice(descriptor);
      String options =
          "fd="
              + descriptor
              + ",rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions,max_read="
              + Reply.MAX_BYTES;
      int result =
          SystemCalls.mount(
              errno,
              arena.allocateFrom(diskName).address(),
              arena.allocateFrom(directory.toString()).address(),
              arena.allocateFrom("fuse.kobako").address(),
              FLAGS,
              arena.allocateFrom(options).address());
      if (result != 0) {
        int reason = errno.value();
        device.close();
        throw failure("mount " + diskName + " on", directory, reason);
      }
      return device;
    }
  }

  @Override
  public boolean unmount(Path directory) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Errno errno = new Errno();
      long path = arena.allocateFrom(directory.toString()).address();
      if (SystemCalls.umount2(errno, path, 0) == 0) {
        return false;
      }
      if (errno.value() != ErrorCode.EBUSY) {
        throw failure("unmount", directory, errno.value());
      }
      if (SystemCalls.umount2(errno, path, SystemCalls.MNT_DETACH) != 0) {
        throw failure("detach", directory, errno.value());
      }
      return true;
    }
  }

  private static IOException failure(String what, Path directory, int reason) {
    return new IOException(
        "cannot %s %s: %s%s"
            .formatted(
                what,
                directory,
                SystemCalls.message(reason),
                reason == ErrorCode.EPERM ? "; root in this container may not mount" : ""));
  }
}
