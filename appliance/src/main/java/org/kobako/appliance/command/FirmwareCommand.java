package org.kobako.appliance.command;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.kobako.appliance.child.Tool;
import org.kobako.appliance.config.ConfigException;
import org.kobako.appliance.config.KobakoToml;
import org.kobako.appliance.firmware.UpdateHeader;
import org.kobako.block.client.cli.Arguments;
import org.kobako.block.client.cli.Command;
import org.kobako.block.client.cli.CommandFailedException;
import org.kobako.block.client.cli.Operand;
import org.kobako.block.client.cli.Option;
import org.kobako.block.client.cli.Syntax;
import org.kobako.block.client.cli.Terminal;
import org.kobako.block.client.cli.Units;
import org.kobako.block.client.cli.Values;
import org.kobako.block.format.SigningKey;

/**
 * {@code kobako firmware}: the file that makes a box of a card or disk, by the script {@code
 * cross/firmware} of the checkout that the launcher runs from; and the update that brings the same
 * to a box that is there.
 */
public final class FirmwareCommand implements Command {
  /** Environment variable: the version and the time of every file, in seconds since 1970. */
  private static final String TIME_VARIABLE = "SOURCE_DATE_EPOCH";

  /**
   * Files of a target whose board has no boot loader: it gets them by other means than the disk.
   */
  private static final List<String> STARTED_FROM_OUTSIDE = List.of("vmlinuz", "initrd");

  private static final List<String> TARGETS = List.of("amd64", "arm64", "armhf", "sh4");

  private static final Operand<String> TARGET =
      new Operand<>(
          "TARGET",
          Values.oneOf(TARGETS, Function.identity()),
          "what the box is: amd64, arm64, armhf or sh4");
  private static final Option<Path> OUT =
      Option.required(
          "out",
          "FILE",
          Values.path(),
          "makes FILE, to be written to a card, FILE.update, FILE.sbom.json and FILE.licences.txt;"
              + " for sh4, which has no boot loader, FILE.vmlinuz and FILE.initrd");
  private static final Option<Path> SIGN_KEY =
      Option.optional(
          "sign-key",
          "FILE",
          Values.path(),
          "signs the update; the box takes updates by this key only (default:"
              + " ~/.config/kobako/firmware/kobako.key, made where it is missing)");
  private static final Option<Path> CONFIG =
      Option.optional(
          "config", "FILE", Values.path(), "the kobako.toml on the card (default: one to fill in)");

  @Override
  public Syntax syntax() {
    return Syntax.of("firmware", "make the file that turns a card or disk into a box")
        .operands(TARGET)
        .options(OUT, SIGN_KEY, CONFIG)
        .example(
            "firmware armhf --out kobako.img",
            "for a 32-bit ARM board of 64 MB or more; write it by dd if=kobako.img of=/dev/CARD"
                + " bs=4M conv=fsync")
        .example(
            "firmware amd64 --out kobako.img --sign-key keys/kobako.key --config kobako.toml",
            "for a PC; the same commit, key and config make the same bytes");
  }

  @Override
  public void run(Arguments arguments, Terminal terminal)
      throws CommandFailedException, IOException, InterruptedException {
    String target = arguments.get(TARGET);
    Path out = arguments.get(OUT).toAbsolutePath();
    CrossScript script = CrossScript.of("firmware", "firmware");
    Path config =
        arguments
            .find(CONFIG)
            .orElse(script.checkout().resolve("rootfs-overlay/card/kobako.toml"))
            .toAbsolutePath();
    validate(config);
    long version = version(script.checkout());
    Path keyFile = arguments.find(SIGN_KEY).orElse(defaultKey());
    SigningKey key = signingKey(keyFile, arguments.find(SIGN_KEY).isEmpty(), terminal);

    Path made =
        Files.createTempDirectory(Files.createDirectories(directoryOf(out)), ".kobako-firmware-");
    try {
      List<String> words = new ArrayList<>();
      words.addAll(List.of(target, made.toString(), Long.toString(version)));
      words.add(keyFile.resolveSibling(SigningKey.PUBLIC_FILE).toAbsolutePath().toString());
      words.add(config.toString());
      words.addAll(jars(script.checkout()));
      script.run(words, "the firmware", terminal);
      writeUpdate(made, target, version, key);
      moveTo(out, made, "sbom.json");
      moveTo(out, made, "licences.txt");
      Files.move(made.resolve("kobako.img"), out, StandardCopyOption.REPLACE_EXISTING);
      List<Path> files = new ArrayList<>(List.of(out, moveTo(out, made, "update")));
      for (String started : STARTED_FROM_OUTSIDE) {
        if (Files.exists(made.resolve(started))) {
          files.add(moveTo(out, made, started));
        }
      }
      printSizes(Files.readAllLines(made.resolve("sizes")), files, terminal);
    } finally {
      deleteAll(made);
    }
  }

  /** A card with a configuration that its box refuses would be found out far from here. */
  private static void validate(Path config) throws CommandFailedException {
    try {
      KobakoToml.read(config, Optional.empty());
    } catch (ConfigException e) {
      throw new CommandFailedException(e.getMessage(), e);
    }
  }

  /** The time of the checkout's commit, so that it grows, and is the same for everybody. */
  private static long version(Path checkout) throws CommandFailedException, InterruptedException {
    String given = System.getenv(TIME_VARIABLE);
    try {
      return Long.parseLong(
          given != null
              ? given
              : Tool.run(checkout, List.of("git", "log", "-1", "--format=%ct", "HEAD")));
    } catch (IOException | NumberFormatException e) {
      throw new CommandFailedException(
          "cannot tell the version, which is the time of the last commit: %s is no git checkout; set %s to seconds since 1970"
              .formatted(checkout, TIME_VARIABLE),
          e);
    }
  }

  private static Path defaultKey() {
    String config = System.getenv("XDG_CONFIG_HOME");
    Path directory =
        config == null ? Path.of(System.getProperty("user.home"), ".config") : Path.of(config);
    return directory.resolve("kobako/firmware").resolve(SigningKey.PRIVATE_FILE);
  }

  private static SigningKey signingKey(Path file, boolean makeIfMissing, Terminal terminal)
      throws IOException {
    if (makeIfMissing && !Files.exists(file)) {
      SigningKey key = SigningKey.create(directoryOf(file));
      terminal
          .err()
          .println(
              "made key %s in %s: keep it, boxes of this firmware take updates by no other"
                  .formatted(key.trustKey().id(), file));
      return key;
    }
    return SigningKey.read(file);
  }

  /** What the launcher runs this very process from: the box, and all that it needs. */
  private static List<String> jars(Path checkout) throws IOException {
    Path built = checkout.resolve("appliance/target");
    List<String> jars = new ArrayList<>();
    for (Path directory : List.of(built, built.resolve("lib"))) {
      try (Stream<Path> files = Files.list(directory)) {
        files.map(Path::toString).filter(name -> name.endsWith(".jar")).sorted().forEach(jars::add);
      }
    }
    return jars;
  }

  private static void writeUpdate(Path made, String target, long version, SigningKey key)
      throws IOException {
    Path boot = made.resolve("boot");
    Path root = made.resolve("root");
    UpdateHeader header =
        new UpdateHeader(
            target, version, UpdateHeader.Payload.of(boot), UpdateHeader.Payload.of(root));
    try (OutputStream update = Files.newOutputStream(made.resolve("update"))) {
      update.write(header.signedBy(key));
      Files.copy(boot, update);
      Files.copy(root, update);
    }
  }

  /** Puts a file beside the image, under the image's name and its own. */
  private static Path moveTo(Path out, Path made, String name) throws IOException {
    return Files.move(
        made.resolve(name),
        out.resolveSibling(out.getFileName() + "." + name),
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** The script's lines, NAME BYTES, then the files. */
  private static void printSizes(List<String> parts, List<Path> files, Terminal terminal)
      throws IOException {
    List<String> lines = new ArrayList<>(parts);
    for (Path file : files) {
      lines.add(file.getFileName() + " " + Files.size(file));
    }
    for (String line : lines) {
      int space = line.lastIndexOf(' ');
      long bytes = Long.parseLong(line.substring(space + 1));
      terminal
          .out()
          .println("%-32s %8s".formatted(line.substring(0, space), Units.roundSize(bytes)));
    }
  }

  private static Path directoryOf(Path file) {
    return Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
  }

  private static void deleteAll(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
