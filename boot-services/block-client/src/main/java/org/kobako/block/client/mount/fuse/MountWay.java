package org.kobako.block.client.mount.fuse;

import java.io.IOException;
import java.nio.file.Path;

/** How a file system gets into the tree and out again: what the user and the VM can do decides. */
interface MountWay {
  /** How it is done, for the log. */
  String describe();

  /**
   * Clears a directory whose server was killed, if it is one: every use of it fails with ENOTCONN.
   */
  void detachStale(Path directory) throws IOException;

  /**
   * Mounts.
   *
   * @param directory its real path, empty
   * @throws IOException if the directory, the user or the kernel does not permit it
   */
  FuseDevice mount(Path directory, String diskName, FuseConfig config) throws IOException;

  /**
   * Takes the file system out of the tree.
   *
   * @return whether it was in use, and is only detached: no new user finds it, those who have it
   *     open keep it
   */
  boolean unmount(Path directory) throws IOException;

  /** The way of this process, by what it may and what it has. */
  static MountWay choose() throws IOException {
    if (StandardInputDevice.isThere()) {
      return new InheritedMount();
    }
    if (!SystemCalls.areThere()) {
      throw new IOException(
          "cannot reach /dev/fuse: this Java VM makes no foreign calls; start it with a mounted"
              + " /dev/fuse as its standard input");
    }
    return SystemCalls.geteuid() == 0 ? new RootMount() : new HelperMount();
  }
}
