package org.kobako.block.client.mount.fuse;

import java.nio.file.Path;
import org.kobako.block.client.Reply;

/**
 * How a disk is mounted.
 *
 * @param mountPoint an empty directory, made if it is not there
 * @param threads requests that are answered at once, 1 to {@value #MAX_THREADS}
 * @param allowOther whether others than the mounting user may read; root's mounts are always open
 *     to everyone, other users need {@code user_allow_other} in /etc/fuse.conf
 * @param readAheadBytes what the kernel reads ahead of a sequential reader, 0 to 1 MiB in whole
 *     KiB; only root can set it, others get the kernel's 128 KiB
 */
public record FuseConfig(Path mountPoint, int threads, boolean allowOther, int readAheadBytes) {
  public static final int MAX_THREADS = 256;

  /** From memory 4 and 8 are a draw on two cores; over a network each waits for a round trip. */
  public static final int DEFAULT_THREADS = 8;

  /**
   * Sequential cold reads from memory, against the kernel's 128 KiB: a file 1.1 times as fast, a
   * loop device twice; 1 MiB brought no more.
   */
  public static final int DEFAULT_READ_AHEAD_BYTES = 512 << 10;

  public FuseConfig {
    if (threads < 1 || threads > MAX_THREADS) {
      throw new IllegalArgumentException("threads: " + threads + " is not 1.." + MAX_THREADS);
    }
    if (readAheadBytes < 0 || readAheadBytes > Reply.MAX_BYTES || readAheadBytes % 1024 != 0) {
      throw new IllegalArgumentException(
          "read-ahead: "
              + readAheadBytes
              + " is not 0.."
              + Reply.MAX_BYTES
              + " bytes in whole KiB");
    }
  }

  /** With the defaults. */
  public static FuseConfig at(Path mountPoint) {
    return new FuseConfig(mountPoint, DEFAULT_THREADS, false, DEFAULT_READ_AHEAD_BYTES);
  }

  public FuseConfig withThreads(int otherThreads) {
    return new FuseConfig(mountPoint, otherThreads, allowOther, readAheadBytes);
  }

  public FuseConfig withAllowOther(boolean otherAllowOther) {
    return new FuseConfig(mountPoint, threads, otherAllowOther, readAheadBytes);
  }

  public FuseConfig withReadAheadBytes(int otherReadAheadBytes) {
    return new FuseConfig(mountPoint, threads, allowOther, otherReadAheadBytes);
  }
}
