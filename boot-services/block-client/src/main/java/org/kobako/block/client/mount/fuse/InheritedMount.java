package org.kobako.block.client.mount.fuse;

import java.io.IOException;
import java.nio.file.Path;

/** Mounted by whoever started this process, the device is standard input. */
final class InheritedMount implements MountWay {
  @Override
  public String describe() {
    return "mounted device as standard input";
  }

  /** Whoever mounted has seen to it. */
  @Override
  public void detachStale(Path directory) {}

  @Override
  public FuseDevice mount(Path directory, String diskName, FuseConfig config) {
    return new StandardInputDevice();
  }

  @Override
  public boolean unmount(Path directory) throws IOException {
    if (Command.run("umount", directory.toString()).succeeded()) {
      return false;
    }
    Command.Outcome detached = Command.run("umount", "-l", directory.toString());
    if (!detached.succeeded()) {
      throw new IOException("cannot unmount " + directory + ": " + detached.output());
    }
    return true;
  }
}
