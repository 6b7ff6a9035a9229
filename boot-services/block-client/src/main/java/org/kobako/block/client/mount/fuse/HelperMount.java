package org.kobako.block.client.mount.fuse;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.kobako.block.client.Reply;
import org.kobako.block.format.foreign.Errno;

/**
 * A user's mount through the set-uid helper {@code fusermount3}: it opens and mounts the device and
 * passes the descriptor back over a socket, which it has as its standard input.
 */
final class HelperMount implements MountWay {
  private static final String HELPER = "fusermount3";

  private static final boolean WIDE = ValueLayout.ADDRESS.byteSize() == 8;
  private static final int WORD_BYTES = WIDE ? 8 : 4;

  /** {@code posix_spawn_file_actions_t} has 80 bytes in glibc and in musl. */
  private static final int SPAWN_ACTIONS_BYTES = 256;

  /**
   * {@code struct msghdr}: name, its length, vectors, their number, control, its length, flags;
   * seven words, as the compiler pads them.
   */
  private static final int MESSAGE_VECTORS_WORD = 2;

  private static final int MESSAGE_VECTOR_COUNT_WORD = 3;
  private static final int MESSAGE_CONTROL_WORD = 4;
  private static final int MESSAGE_CONTROL_LENGTH_WORD = 5;
  private static final int MESSAGE_BYTES = 7 * WORD_BYTES;

  /** {@code struct cmsghdr}: a length (one word), level and type (32 bits), then descriptors. */
  private static final int CONTROL_DESCRIPTOR_OFFSET = WORD_BYTES + 2 * Integer.BYTES;

  private static final int CONTROL_BYTES = CONTROL_DESCRIPTOR_OFFSET + 8;
  private static final int SCM_RIGHTS = 1;

  @Override
  public String describe() {
    return HELPER;
  }

  @Override
  public void detachStale(Path directory) throws IOException {
    boolean stale;
    try (Arena arena = Arena.ofConfined()) {
      stale = RootMount.isStale(new Errno(), arena.allocateFrom(directory.toString()).address());
    }
    if (stale) {
      detach(directory);
    }
  }

  @Override
  public FuseDevice mount(Path directory, String diskName, FuseConfig config) throws IOException {
    String options =
        "ro,nosuid,nodev,default_permissions,subtype=kobako,fsname="
            + diskName
            + ",max_read="
            + Reply.MAX_BYTES
            + (config.allowOther() ? ",allow_other" : "");
    try (Arena arena = Arena.ofConfined()) {
      Errno errno = new Errno();
      MemorySegment pair = arena.allocate(ValueLayout.JAVA_INT, 2);
      int result =
          SystemCalls.socketpair(
              errno,
              SystemCalls.AF_UNIX,
              SystemCalls.SOCK_STREAM | SystemCalls.SOCK_CLOEXEC,
              0,
              pair.address());
      if (result != 0) {
        throw new IOException("socketpair: " + SystemCalls.message(errno.value()));
      }
      int ours = pair.getAtIndex(ValueLayout.JAVA_INT, 0);
      int theirs = pair.getAtIndex(ValueLayout.JAVA_INT, 1);
      try {
        int pid;
        try {
          pid = spawn(arena, theirs, List.of(HELPER, "-o", options, "--", directory.toString()));
        } finally {
          // Or the wait for a helper that dies without a word would never end.
          SystemCalls.close(errno, theirs);
        }
        int descriptor = receiveDescriptor(arena, errno, ours);
        SystemCalls.waitpid(errno, pid, 0, 0);
        if (descriptor < 0) {
          throw new IOException(
              "cannot mount %s on %s: %s refused, see its message above"
                  .formatted(diskName, directory, HELPER));
        }
        return new ForeignDevice(descriptor);
      } finally {
        SystemCalls.close(errno, ours);
      }
    }
  }

  /** Starts the helper with an end of the socket as its standard input. */
  private static int spawn(Arena arena, int socket, List<String> command) throws IOException {
    MemorySegment actions = arena.allocate(SPAWN_ACTIONS_BYTES, 16);
    SystemCalls.spawnActionsInit(actions.address());
    try {
      SystemCalls.spawnActionsDup2(actions.address(), socket, 0);
      List<String> environment = new ArrayList<>(List.of("_FUSE_COMMFD=0"));
      String path = System.getenv("PATH");
      if (path != null) {
        environment.add("PATH=" + path);
      }
      MemorySegment pid = arena.allocate(ValueLayout.JAVA_INT);
      int reason =
          SystemCalls.spawn(
              pid.address(),
              arena.allocateFrom(command.getFirst()).address(),
              actions.address(),
              0,
              strings(arena, command),
              strings(arena, environment));
      if (reason != 0) {
        throw new IOException(
            "cannot start %s: %s; install fuse3, or mount as root"
                .formatted(command.getFirst(), SystemCalls.message(reason)));
      }
      return pid.get(ValueLayout.JAVA_INT, 0);
    } finally {
      SystemCalls.spawnActionsDestroy(actions.address());
    }
  }

  /** A null-terminated array of strings. */
  private static long strings(Arena arena, List<String> strings) {
    MemorySegment array = arena.allocate(ValueLayout.ADDRESS, strings.size() + 1);
    for (int i = 0; i < strings.size(); i++) {
      array.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(strings.get(i)));
    }
    return array.address();
  }

  /** Waits for the helper's message; -1 if it ended without one. */
  private static int receiveDescriptor(Arena arena, Errno errno, int socket) {
    MemorySegment vector = arena.allocate(2L * WORD_BYTES, WORD_BYTES);
    putWord(vector, 0, arena.allocate(1).address());
    putWord(vector, 1, 1);
    MemorySegment control = arena.allocate(CONTROL_BYTES, WORD_BYTES);
    MemorySegment message = arena.allocate(MESSAGE_BYTES, WORD_BYTES);
    putWord(message, MESSAGE_VECTORS_WORD, vector.address());
    putWord(message, MESSAGE_VECTOR_COUNT_WORD, 1);
    putWord(message, MESSAGE_CONTROL_WORD, control.address());
    putWord(message, MESSAGE_CONTROL_LENGTH_WORD, CONTROL_BYTES);
    long received;
    do {
      received =
          SystemCalls.recvmsg(errno, socket, message.address(), SystemCalls.MSG_CMSG_CLOEXEC);
    } while (received < 0 && errno.value() == ErrorCode.EINTR);
    boolean carriesDescriptor =
        received > 0 && control.get(ValueLayout.JAVA_INT, WORD_BYTES + Integer.BYTES) == SCM_RIGHTS;
    return carriesDescriptor ? control.get(ValueLayout.JAVA_INT, CONTROL_DESCRIPTOR_OFFSET) : -1;
  }

  private static void putWord(MemorySegment words, int number, long value) {
    if (WIDE) {
      words.setAtIndex(ValueLayout.JAVA_LONG, number, value);
    } else {
      words.setAtIndex(ValueLayout.JAVA_INT, number, (int) value);
    }
  }

  @Override
  public boolean unmount(Path directory) throws IOException {
    if (Command.run(HELPER, "-u", directory.toString()).succeeded()) {
      return false;
    }
    detach(directory);
    return true;
  }

  private static void detach(Path directory) throws IOException {
    Command.Outcome outcome = Command.run(HELPER, "-u", "-z", directory.toString());
    if (!outcome.succeeded()) {
      throw new IOException("cannot detach " + directory + ": " + outcome.output());
    }
  }
}
