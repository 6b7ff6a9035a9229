package org.kobako.qemu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** A Debian for one architecture, which the script {@code root-disk} makes. */
record RootDisk(Path folder) {
  static final String USER = "root";
  static final String PASSWORD = "kobako";

  /** Made now, or taken from where it was left the last time. */
  static RootDisk of(String architecture, Path log) throws IOException {
    String folder = Program.run(log, List.of("./root-disk", architecture));
    return new RootDisk(Path.of(folder.lines().toList().getLast()));
  }

  /** Lays the whole root filesystem into a directory, with owners, modes and devices. */
  void unpack(Path directory, Path log) throws IOException {
    Files.createDirectories(directory);
    Program.run(
        log,
        List.of(
            "tar",
            "-x",
            "--numeric-owner",
            "--xattrs",
            "--xattrs-include=*",
            "-C",
            directory.toString(),
            "-f",
            folder.resolve("root.tar").toString()));
  }

  /**
   * What a machine that has read every file below /usr, and knows the nonce, answers to {@link
   * #digestCommand}; nobody else can.
   */
  String digest(String nonce) throws IOException {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update((nonce + "\n").getBytes(StandardCharsets.US_ASCII));
      sha256.update(Files.readAllBytes(folder.resolve("usr.sha256")));
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** Reads every file below /usr. */
  static String digestCommand(String nonce) {
    return "cd / && { echo %s; find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum; }"
            .formatted(nonce)
        + " | sha256sum | cut -d ' ' -f 1";
  }
}
