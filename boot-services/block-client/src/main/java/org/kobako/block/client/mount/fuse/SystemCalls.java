package org.kobako.block.client.mount.fuse;

import static org.kobako.block.format.foreign.ForeignLibrary.CType.INT;
import static org.kobako.block.format.foreign.ForeignLibrary.CType.POINTER;
import static org.kobako.block.format.foreign.ForeignLibrary.CType.SIZE;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.kobako.block.format.foreign.Errno;
import org.kobako.block.format.foreign.ForeignLibrary;
import org.kobako.block.format.foreign.ForeignLibrary.CType;

/**
 * The system calls that FUSE needs, as C has them: addresses are longs, a failure is -1 (or what
 * the call's manual says) with the reason in {@code errno}. Only to be touched where {@link
 * #areThere}.
 */
final class SystemCalls {
  static final int O_RDWR = 2;
  static final int O_CLOEXEC = 0x80000;

  /** As asm-generic and SH have it; ARM swaps it with O_DIRECT. */
  static final int O_DIRECTORY =
      System.getProperty("os.arch").matches("arm.*|aarch64") ? 0x4000 : 0x10000;

  static final long MS_RDONLY = 1;
  static final long MS_NOSUID = 2;
  static final long MS_NODEV = 4;
  static final int MNT_DETACH = 2;

  static final int AF_UNIX = 1;
  static final int SOCK_STREAM = 1;
  static final int SOCK_CLOEXEC = 0x80000;
  static final int MSG_CMSG_CLOEXEC = 0x40000000;

  private SystemCalls() {}

  /** Whether this VM can make foreign calls at all. */
  static boolean areThere() {
    return ForeignLibrary.libc().isPresent();
  }

  /** Bound at first use, so that asking {@link #areThere} binds nothing. */
  private static final class Handles {
    private static final ForeignLibrary LIBC = ForeignLibrary.libc().orElseThrow();

    static final MethodHandle GETEUID = LIBC.function("geteuid", INT);
    static final MethodHandle GETEGID = LIBC.function("getegid", INT);
    static final MethodHandle STRERROR = LIBC.function("strerror", POINTER, INT);
    static final MethodHandle OPEN = errno("open", INT, POINTER, INT);
    static final MethodHandle CLOSE = errno("close", INT, INT);
    static final MethodHandle READ = errno("read", SIZE, INT, POINTER, SIZE);
    static final MethodHandle WRITEV = errno("writev", SIZE, INT, POINTER, INT);
    static final MethodHandle MOUNT = errno("mount", INT, POINTER, POINTER, POINTER, SIZE, POINTER);
    static final MethodHandle UMOUNT2 = errno("umount2", INT, POINTER, INT);
    static final MethodHandle SOCKETPAIR = errno("socketpair", INT, INT, INT, INT, POINTER);
    static final MethodHandle RECVMSG = errno("recvmsg", SIZE, INT, POINTER, INT);
    static final MethodHandle WAITPID = errno("waitpid", INT, INT, POINTER, INT);
    static final MethodHandle SPAWN =
        LIBC.function("posix_spawnp", INT, POINTER, POINTER, POINTER, POINTER, POINTER, POINTER);
    static final MethodHandle SPAWN_ACTIONS_INIT =
        LIBC.function("posix_spawn_file_actions_init", INT, POINTER);
    static final MethodHandle SPAWN_ACTIONS_DUP2 =
        LIBC.function("posix_spawn_file_actions_adddup2", INT, POINTER, INT, INT);
    static final MethodHandle SPAWN_ACTIONS_DESTROY =
        LIBC.function("posix_spawn_file_actions_destroy", INT, POINTER);

    private Handles() {}

    private static MethodHandle errno(String name, CType result, CType... arguments) {
      return LIBC.functionWithErrno(name, result, arguments);
    }
  }

  static int geteuid() {
    try {
      return (int) Handles.GETEUID.invokeExact();
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static int getegid() {
    try {
      return (int) Handles.GETEGID.invokeExact();
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** What an error number means, in words. */
  static String message(int errorCode) {
    try {
      long text = (long) Handles.STRERROR.invokeExact(errorCode);
      return MemorySegment.ofAddress(text).reinterpret(256).getString(0);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static int open(Errno errno, long path, int flags) {
    try {
      return (int) Handles.OPEN.invokeExact(errno.state(), path, flags);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static int close(Errno errno, int descriptor) {
    try {
      return (int) Handles.CLOSE.invokeExact(errno.state(), descriptor);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static long read(Errno errno, int descriptor, long address, long capacity) {
    try {
      return (long) Handles.READ.invokeExact(errno.state(), descriptor, address, capacity);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static long writev(Errno errno, int descriptor, long vectors, int count) {
    try {
      return (long) Handles.WRITEV.invokeExact(errno.state(), descriptor, vectors, count);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static int mount(Errno errno, long source, long target, long type, long flags, long options) {
    try {
      return (int) Handles.MOUNT.invokeExact(errno.state(), source, target, type, flags, options);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static int umount2(Errno errno, long target, int flags) {
    try {
      return (int) Handles.UMOUNT2.invokeExact(errno.state(), target, flags);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static int socketpair(Errno errno, int domain, int type, int protocol, long pair) {
    try {
      return (int) Handles.SOCKETPAIR.invokeExact(errno.state(), domain, type, protocol, pair);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static long recvmsg(Errno errno, int descriptor, long message, int flags) {
    try {
      return (long) Handles.RECVMSG.invokeExact(errno.state(), descriptor, message, flags);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static int waitpid(Errno errno, int pid, long status, int options) {
    try {
      return (int) Handles.WAITPID.invokeExact(errno.state(), pid, status, options);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** Answers an error number, 0 for success. */
  static int spawn(
      long pid, long program, long actions, long attributes, long arguments, long environment) {
    try {
      return (int)
          Handles.SPAWN.invokeExact(pid, program, actions, attributes, arguments, environment);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static int spawnActionsInit(long actions) {
    try {
      return (int) Handles.SPAWN_ACTIONS_INIT.invokeExact(actions);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static int spawnActionsDup2(long actions, int descriptor, int newDescriptor) {
    try {
      return (int) Handles.SPAWN_ACTIONS_DUP2.invokeExact(actions, descriptor, newDescriptor);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static int spawnActionsDestroy(long actions) {
    try {
      return (int) Handles.SPAWN_ACTIONS_DESTROY.invokeExact(actions);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** The handles themselves throw nothing but what the VM throws. */
  private static RuntimeException impossible(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    return new IllegalStateException(thrown);
  }
}
