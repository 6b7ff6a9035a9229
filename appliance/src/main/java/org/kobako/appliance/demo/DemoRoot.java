package org.kobako.appliance.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.kobako.appliance.child.Tool;
import org.kobako.block.client.cli.CommandFailedException;

/**
 * A root filesystem of packages that the running Debian has installed, and an ext4 disk of it: tens
 * of megabytes, real programs and libraries.
 *
 * @param tree the files as they were copied
 * @param disk the same as an ext4 filesystem
 */
public record DemoRoot(Path tree, Path disk) {
  private static final List<String> PACKAGES =
      List.of(
          "base-files",
          "bash",
          "busybox-static",
          "coreutils",
          "dash",
          "diffutils",
          "e2fsprogs",
          "findutils",
          "grep",
          "gzip",
          "libc-bin",
          "libc6",
          "mount",
          "perl-base",
          "sed",
          "tar",
          "tzdata",
          "util-linux");

  private static final long MIB = 1 << 20;
  private static final long SLACK_BYTES = 16 * MIB;

  /**
   * Copies the packages and makes the disk.
   *
   * @param work an empty directory, for both
   */
  public static DemoRoot make(Path work)
      throws IOException, InterruptedException, CommandFailedException {
    if (!Tool.isInstalled("dpkg-query")) {
      throw new CommandFailedException(
          "the demo copies packages of a running Debian, and this system has no dpkg-query");
    }
    Path tree = Files.createDirectory(work.resolve("root"));
    Path list = work.resolve("files");
    Files.write(list, files());
    Tool.run(
        "sh",
        "-c",
        "tar --ignore-failed-read --no-recursion -C / -c -f - -T \"$1\" 2>\"$1.skipped\""
            + " | tar -C \"$2\" -x -f -",
        "sh",
        list.toString(),
        tree.toString());
    Path disk = work.resolve("root.ext4");
    long mebibytes = (bytesOf(tree) * 5 / 4 + SLACK_BYTES) / MIB;
    Tool.run(
        "mke2fs",
        "-q",
        "-t",
        "ext4",
        "-L",
        "kobako-demo",
        "-d",
        tree.toString(),
        disk.toString(),
        mebibytes + "M");
    return new DemoRoot(tree, disk);
  }

  /** Paths below the root, each once. */
  private static Set<String> files() throws IOException, InterruptedException {
    List<String> query = new ArrayList<>(List.of("dpkg-query", "-L"));
    for (String name : PACKAGES) {
      String status =
          Tool.run("sh", "-c", "dpkg-query -W -f '${db:Status-Status}' \"$1\" || :", "sh", name);
      if (status.equals("installed")) {
        query.add(name);
      }
    }
    Set<String> files = new LinkedHashSet<>();
    for (String line : Tool.run(null, query).lines().toList()) {
      Path path = Path.of(line);
      Path parent = path.getParent();
      // Packages also list what somebody removed, and diversions in words.
      if (line.startsWith("/") && parent != null && isReadable(path)) {
        // A file of /lib lies in /usr/lib where the one is a link to the other.
        files.add(parent.toRealPath().resolve(path.getFileName()).toString().substring(1));
      }
    }
    return files;
  }

  private static boolean isReadable(Path path) {
    return Files.isSymbolicLink(path) || Files.isReadable(path);
  }

  private static long bytesOf(Path tree) throws IOException {
    try (Stream<Path> paths = Files.walk(tree)) {
      long sum = 0;
      for (Path path : (Iterable<Path>) paths::iterator) {
        sum += Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) ? Files.size(path) : 0;
      }
      return sum;
    }
  }
}
