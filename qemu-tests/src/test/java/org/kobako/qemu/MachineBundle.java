package org.kobako.qemu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Kernel and initramfs of one architecture, by {@code kobako machine-bundle}. It takes a minute and
 * makes the same bytes of the same inputs, so it is kept under their digest and made again when one
 * of them changes.
 */
final class MachineBundle {
  private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();
  private static final List<Path> INPUTS =
      List.of(
          CHECKOUT.resolve("cross"),
          CHECKOUT.resolve("rootfs-overlay"),
          CHECKOUT.resolve("boot-services/block-client/target/classes"),
          CHECKOUT.resolve("boot-services/block-format/target/classes"));

  private MachineBundle() {}

  /** Puts the bundle into a box's folder of boot files. */
  static void into(Path bootFiles, String architecture, Path log) throws IOException {
    Path cache = cache();
    Path kept = cache.resolve(architecture + "-" + digestOfInputs().substring(0, 16));
    if (!Files.exists(kept)) {
      Files.createDirectories(cache);
      // Those of other inputs, and one that was not finished.
      Program.run(
          log,
          List.of("find", cache.toString(), "-path", cache + "/" + architecture + "-*", "-delete"));
      Path fresh = Path.of(kept + ".new");
      Program.run(
          log, Program.kobako("machine-bundle", "--arch", architecture, "--out", fresh.toString()));
      Files.move(fresh, kept);
    }
    Files.createDirectories(bootFiles);
    Program.run(log, List.of("cp", "-r", kept + "/.", bootFiles.toString()));
  }

  private static Path cache() {
    return Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
        .resolve("kobako")
        .resolve("machine-bundles");
  }

  private static String digestOfInputs() throws IOException {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      for (Path input : INPUTS) {
        try (Stream<Path> files = Files.walk(input)) {
          for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
            sha256.update(CHECKOUT.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
            sha256.update(Files.readAllBytes(file));
          }
        }
      }
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
