package org.kobako.block.client.mount.fuse;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.kobako.block.client.Disk;

/**
 * A disk as the read-only file {@code DIR/NAME}, served until somebody unmounts it.
 *
 * <p>Root mounts by itself, others through {@code fusermount3}; a process whose standard input is a
 * mounted /dev/fuse serves that.
 */
public final class FuseMount implements AutoCloseable {
  private static final Logger LOG = System.getLogger("kobako.fuse");

  private final MountWay way;
  private final Path directory;
  private final String diskName;
  private final FuseDevice device;
  private final List<Thread> threads = new ArrayList<>();
  private int threadsAlive;
  private boolean detached;

  private FuseMount(MountWay way, Path directory, String diskName, FuseDevice device) {
    this.way = way;
    this.directory = directory;
    this.diskName = diskName;
    this.device = device;
  }

  /**
   * Mounts and serves; the file is there when this returns. A dead mount that a killed process left
   * at the place is cleared first.
   *
   * @throws IOException if the mount point is no empty directory, or user or kernel does not permit
   *     it; nothing is left mounted then
   */
  public static FuseMount mount(Disk disk, FuseConfig config) throws IOException {
    MountWay way = MountWay.choose();
    Path directory = prepare(way, config.mountPoint().toAbsolutePath());
    FuseMount mount =
        new FuseMount(way, directory, disk.name(), way.mount(directory, disk.name(), config));
    try {
      mount.start(disk, config);
    } catch (IOException | RuntimeException failed) {
      try {
        way.unmount(directory);
        mount.device.close();
      } catch (IOException stays) {
        failed.addSuppressed(stays);
      }
      throw failed;
    }
    mount.readAhead(config.readAheadBytes());
    return mount;
  }

  /**
   * Clears a dead mount that a killed process left at a place; does nothing where there is none.
   *
   * @throws IOException if the dead mount cannot be detached
   */
  public static void clearStale(Path mountPoint) throws IOException {
    MountWay.choose().detachStale(mountPoint.toAbsolutePath());
  }

  /** Makes an empty directory of it, without removing anything, and answers its real path. */
  private static Path prepare(MountWay way, Path directory) throws IOException {
    way.detachStale(directory);
    if (way instanceof InheritedMount) {
      return directory;
    }
    if (!Files.exists(directory)) {
      Files.createDirectories(directory);
    }
    if (!Files.isDirectory(directory)) {
      throw new IOException(
          "cannot mount on " + directory + ": it is not a directory; give an empty or a new one");
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      if (entries.iterator().hasNext()) {
        throw new IOException(
            "cannot mount on " + directory + ": it is not empty; give an empty or a new directory");
      }
    }
    return directory.toRealPath();
  }

  /** Agrees with the kernel on the protocol, then lets the threads loose. */
  private void start(Disk disk, FuseConfig config) throws IOException {
    boolean owned = way instanceof HelperMount;
    Faults faults = new Faults(LOG, diskName, System::nanoTime);
    FuseFiles files =
        new FuseFiles(
            disk,
            faults,
            InstantSource.system().instant(),
            owned ? SystemCalls.geteuid() : 0,
            owned ? SystemCalls.getegid() : 0);
    List<FuseSession> sessions = new ArrayList<>();
    for (int i = 0; i < config.threads(); i++) {
      sessions.add(new FuseSession(files, faults, device.newPort(), disk.newReply()));
    }
    while (files.minor() == 0) {
      if (!sessions.getFirst().serveOne()) {
        throw new IOException("cannot mount %s: %s was unmounted".formatted(diskName, directory));
      }
    }
    if (files.minor() == FuseFiles.REFUSED) {
      throw new IOException(
          "cannot mount %s: this kernel speaks a FUSE older than %d.%d"
              .formatted(diskName, FuseFiles.MAJOR, FuseFiles.OLDEST_MINOR));
    }
    threadsAlive = sessions.size();
    for (FuseSession session : sessions) {
      Thread thread =
          Thread.ofPlatform()
              .name("fuse-" + diskName + "-" + (threads.size() + 1))
              .daemon()
              .unstarted(() -> {
                session.run();
                threadEnded();
              });
      threads.add(thread);
    }
    threads.forEach(Thread::start);
    LOG.log(
        Level.DEBUG,
        "fuse: {0} is {1}, by {2}, {3} threads, FUSE 7.{4}",
        diskName,
        file(),
        way.describe(),
        config.threads(),
        files.minor());
  }

  /** Tells the kernel how far to read ahead; that it does not let us is no reason to fail. */
  private void readAhead(int bytes) {
    try {
      int device = ((Number) Files.getAttribute(directory, "unix:dev")).intValue();
      int major = device >>> 8 & 0xfff;
      int minor = (device & 0xff) | (device >>> 12 & 0xfff00);
      Files.writeString(
          Path.of("/sys/class/bdi/" + major + ":" + minor + "/read_ahead_kb"),
          Integer.toString(bytes >> 10));
    } catch (IOException | UnsupportedOperationException notAllowed) {
      LOG.log(
          Level.DEBUG, "fuse: read-ahead of {0} stays the kernel''s: {1}", diskName, notAllowed);
    }
  }

  /** {@code DIR/NAME}. */
  public Path file() {
    return directory.resolve(diskName);
  }

  /** How it was mounted, for people. */
  public String describe() {
    return way.describe();
  }

  /** Waits until the last user is gone after somebody, here or elsewhere, unmounted. */
  public void awaitEnd() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** The last one out closes the device: the kernel gives its number to somebody else then. */
  private synchronized void threadEnded() {
    threadsAlive--;
    if (threadsAlive == 0) {
      try {
        device.close();
      } catch (IOException failed) {
        LOG.log(Level.WARNING, "fuse: {0}", failed.getMessage());
      }
    }
  }

  /**
   * Takes the file out of the tree. Where it is in use it is detached only: its users read on, and
   * {@link #awaitEnd} returns when the last is gone. Does nothing when that is done already.
   *
   * @return whether it was in use
   * @throws IOException if it is still mounted
   */
  public synchronized boolean unmount() throws IOException {
    if (detached) {
      return false;
    }
    if (threadsAlive == 0) {
      // Unmounted by somebody else, or the device broke and left a dead mount.
      way.detachStale(directory);
      return false;
    }
    boolean inUse = way.unmount(directory);
    detached = true;
    if (inUse) {
      LOG.log(
          Level.WARNING,
          "fuse: {0} is in use; it is detached, and served until its last user is gone",
          file());
    }
    return inUse;
  }

  /** Unmounts; does not wait for users, who are served as long as this process lives. */
  @Override
  public void close() throws IOException {
    unmount();
  }
}
