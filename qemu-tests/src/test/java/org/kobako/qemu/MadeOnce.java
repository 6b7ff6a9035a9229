package org.kobako.qemu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What takes a minute to make, and is the same bytes of the same inputs: kept outside the tree
 * under their digest, and made again when one of them changes.
 */
final class MadeOnce {
  static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();

  private MadeOnce() {}

  /**
   * Finds it, or makes it, one at a time.
   *
   * @param kind the folder of its kind in the cache
   * @param architecture for which there is one each
   * @param inputs files and folders of the checkout
   * @param command makes it in the folder that is given, which is not there yet
   * @return the folder that it is kept in
   */
  static synchronized Path of(
      String kind,
      String architecture,
      List<Path> inputs,
      Path log,
      Function<Path, List<String>> command)
      throws IOException {
    Path cache = cache().resolve(kind);
    Path kept = cache.resolve(architecture + "-" + digest(inputs).substring(0, 16));
    if (!Files.exists(kept)) {
      Files.createDirectories(cache);
      Path fresh = Path.of(kept + ".new");
      // One that was not finished, and those of other inputs that no checkout has used today.
      Program.run(
          log,
          List.of(
              "sh",
              "-c",
              "rm -rf \"$1\" && find \"$2\" -maxdepth 1 -name \"$3-*\" -mtime +0 -exec rm -rf {} +",
              "tidy",
              fresh.toString(),
              cache.toString(),
              architecture));
      Program.run(log, command.apply(fresh));
      Files.move(fresh, kept);
    }
    Files.setLastModifiedTime(kept, FileTime.from(Instant.now())); // used today
    return kept;
  }

  private static Path cache() {
    return Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
        .resolve("kobako");
  }

  private static String digest(List<Path> inputs) throws IOException {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      for (Path input : inputs) {
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
