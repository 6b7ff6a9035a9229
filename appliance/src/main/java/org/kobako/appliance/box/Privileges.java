package org.kobako.appliance.box;

import static org.kobako.block.format.foreign.ForeignLibrary.CType.INT;
import static org.kobako.block.format.foreign.ForeignLibrary.CType.POINTER;
import static org.kobako.block.format.foreign.ForeignLibrary.CType.SIZE;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Optional;
import org.kobako.block.format.foreign.Errno;
import org.kobako.block.format.foreign.ForeignLibrary;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Root for the ports below 1024, and nobody in particular from then on.
 *
 * <p>glibc's setuid(2) changes every thread of the process (nptl(7)), which the kernel's does not;
 * capabilities would have to be dropped thread by thread, so that whole identities are changed.
 */
final class Privileges {
  static final String NOBODY = "nobody";

  /** Who a process is to become. */
  record User(String name, int uid, int gid) {
    boolean isRoot() {
      return uid == 0;
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(Privileges.class);
  private static final Path PASSWD = Path.of("/etc/passwd");

  private Privileges() {}

  /**
   * Ends being root, where this process is: becomes the user that the configuration names, or the
   * best there is. A store that only root may read keeps the box root, and a log line says so.
   *
   * @param written what that user must be able to write, besides the state folder
   * @throws IOException if it cannot become that user; it must not go on as root then
   */
  static void giveUp(BoxConfig config, List<Path> written) throws IOException {
    if (!isRoot()) {
      return;
    }
    Optional<User> user =
        config.user().isPresent()
            ? Optional.of(user(config.user().get()))
            : userFor(config.store());
    if (user.isEmpty()) {
      LOG.warn(
          "box: stays root: only root may read {}; let others read it, or name a user",
          config.store());
    } else if (!user.get().isRoot()) {
      StateDirectory.giveTo(config, user.get());
      give(written, user.get());
      become(user.get());
      LOG.info("box: goes on as user {}", user.get().name());
    }
  }

  /** What cannot be given, as on a disk that is read-only, will say so when it is written. */
  private static void give(List<Path> files, User user) {
    for (Path file : files) {
      try {
        Files.setAttribute(file, "unix:uid", user.uid());
      } catch (IOException e) {
        LOG.warn("box: user {} cannot be given {}: {}", user.name(), file, e.getMessage());
      }
    }
  }

  /** Whether this process is root. */
  static boolean isRoot() throws IOException {
    return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
  }

  /**
   * A user of this machine.
   *
   * @throws IOException if there is none of that name, or users cannot be read
   */
  static User user(String name) throws IOException {
    for (String line : Files.readAllLines(PASSWD)) {
      List<String> fields = List.of(line.split(":", -1));
      if (fields.size() >= 4 && fields.getFirst().equals(name)) {
        return new User(name, Integer.parseInt(fields.get(2)), Integer.parseInt(fields.get(3)));
      }
    }
    throw new IOException("there is no user " + name + ": make one, or name another as user");
  }

  /**
   * Whom the box becomes if nobody is named: the store's owner, or, where that is root, nobody.
   * Empty if that one could not read the store.
   */
  static Optional<User> userFor(Path store) throws IOException {
    PosixFileAttributes attributes = attributes(store);
    int owner = (int) Files.getAttribute(store, "unix:uid");
    if (owner != 0) {
      int group = (int) Files.getAttribute(store, "unix:gid");
      return Optional.of(new User(attributes.owner().getName(), owner, group));
    }
    return everybodyMayRead(store) ? Optional.of(user(NOBODY)) : Optional.empty();
  }

  /** By the permissions of the store and of the folders above it. */
  static boolean everybodyMayRead(Path directory) throws IOException {
    if (!attributes(directory).permissions().contains(PosixFilePermission.OTHERS_READ)) {
      return false;
    }
    for (Path at = directory.toRealPath(); at != null; at = at.getParent()) {
      if (!attributes(at).permissions().contains(PosixFilePermission.OTHERS_EXECUTE)) {
        return false;
      }
    }
    return true;
  }

  private static PosixFileAttributes attributes(Path file) throws IOException {
    return Files.readAttributes(file, PosixFileAttributes.class);
  }

  /**
   * Becomes another user for good: groups, group, user, in that order, as each takes the right to
   * the one before.
   *
   * @throws IOException if the kernel refuses; the process must not go on as root then
   */
  static void become(User user) throws IOException {
    ForeignLibrary c = library();
    call("setgroups", c.functionWithErrno("setgroups", INT, SIZE, POINTER), 0L, 0L);
    call("setgid", c.functionWithErrno("setgid", INT, INT), user.gid());
    call("setuid", c.functionWithErrno("setuid", INT, INT), user.uid());
    if (isRoot() && !user.isRoot()) {
      throw new IOException("still root after setuid");
    }
  }

  private static void call(String name, MethodHandle function, Object... arguments)
      throws IOException {
    Errno errno = new Errno();
    Object[] all = new Object[arguments.length + 1];
    all[0] = errno.state();
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    int result;
    try {
      result = (int) function.invokeWithArguments(all);
    } catch (Throwable e) {
      throw ForeignLibrary.unexpected(e);
    }
    if (result != 0) {
      throw new IOException("cannot give up root: " + name + " fails with errno " + errno.value());
    }
  }

  private static ForeignLibrary library() throws IOException {
    return ForeignLibrary.libc()
        .orElseThrow(() ->
            new IOException(
                "this VM cannot call setuid to give up root: install libffi8, or set user ="
                    + " \"root\""));
  }
}
