package org.kobako.appliance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.kobako.testing.Peer;

/**
 * An ext4 disk of 1 GB with some 200 MB of this system's own files in it, made once per test run.
 */
final class WholeDisk {
  private static final long SIZE_BYTES = 1_000_000_000L / 4096 * 4096;
  private static final int CONTENT_MIB = 200;

  private WholeDisk() {}

  /**
   * Makes the disk.
   *
   * @param tree where the files are copied to, to compare with
   */
  static void make(Path disk, Path tree) throws IOException {
    Files.createDirectories(tree);
    // Whole directories of the system, in a fixed order, until there is enough.
    Peer.run(
            "sh",
            "-c",
            """
            for d in /usr/bin /usr/lib/x86_64-linux-gnu /usr/share/doc /usr/lib/git-core; do
              [ -d "$d" ] || continue
              (cd / && find "${d#/}" -xdev \\( -type f -o -type l \\) -size -8192k | sort) |
                tar -C / -c -f - --no-recursion --ignore-failed-read -T - 2>/dev/null
            done | head -c %dM | tar -x -i -f - -C "$1" 2>/dev/null; :
            """
                .formatted(CONTENT_MIB),
            "sh",
            tree.toString())
        .succeeded();
    Peer.run(
            "mke2fs",
            "-q",
            "-t",
            "ext4",
            "-d",
            tree.toString(),
            disk.toString(),
            SIZE_BYTES / 1024 + "k")
        .succeeded();
  }

  /** SHA-256 of every regular file below a directory, by a foreign tool, sorted by path. */
  static String digests(Path tree) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "find . -type f ! -path './lost+found*' -print0 | sort -z | xargs -0 sha256sum")
            .directory(tree.toFile())
            .redirectErrorStream(true)
            .start();
    String digests = new String(process.getInputStream().readAllBytes());
    if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
      throw new AssertionError("sha256sum below " + tree + ": " + digests);
    }
    return digests;
  }
}
