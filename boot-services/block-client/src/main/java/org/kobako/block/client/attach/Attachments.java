package org.kobako.block.client.attach;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who has what attached: one small file per process, {@code PID}, in a directory that does not
 * outlive the machine's run. Each has three lines: when the process began (its number may be
 * another's later), the image, the target.
 */
final class Attachments {
  /**
   * One attached image.
   *
   * @param target what {@code attach} was told: the mount point's real path, or the NBD address
   */
  record Attachment(long pid, Instant began, String image, String target) {
    /** The process that holds it, empty when it is gone. */
    Optional<ProcessHandle> process() {
      return ProcessHandle.of(pid)
          .filter(process -> process.info().startInstant().equals(Optional.of(began)));
    }
  }

  private final Path directory;

  Attachments(Path directory) {
    this.directory = directory;
  }

  /** {@code /run/kobako} for root, below {@code XDG_RUNTIME_DIR} or {@code /tmp} for others. */
  static Attachments ofUser() {
    String user = System.getProperty("user.name", "nobody");
    String runtime = System.getenv("XDG_RUNTIME_DIR");
    if (user.equals("root")) {
      return new Attachments(Path.of("/run/kobako"));
    }
    return new Attachments(
        runtime == null ? Path.of("/tmp/kobako-" + user) : Path.of(runtime, "kobako"));
  }

  /** Notes that this process has an image attached. */
  void add(String image, String target) throws IOException {
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    ProcessHandle self = ProcessHandle.current();
    Instant began = self.info().startInstant().orElse(Instant.EPOCH);
    Files.writeString(file(self.pid()), began + "\n" + image + "\n" + target + "\n");
  }

  void remove(long pid) throws IOException {
    Files.deleteIfExists(file(pid));
  }

  private Path file(long pid) {
    return directory.resolve(Long.toString(pid));
  }

  /** All that are noted, dead ones too. */
  List<Attachment> all() throws IOException {
    List<Attachment> all = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "[0-9]*")) {
      for (Path file : files) {
        read(file).ifPresent(all::add);
      }
    } catch (NoSuchFileException nobodyYet) {
      return List.of();
    }
    return all;
  }

  private static Optional<Attachment> read(Path file) throws IOException {
    try {
      List<String> lines = Files.readAllLines(file);
      if (lines.size() == 3) {
        return Optional.of(
            new Attachment(
                Long.parseLong(String.valueOf(file.getFileName())),
                Instant.parse(lines.get(0)),
                lines.get(1),
                lines.get(2)));
      }
    } catch (NoSuchFileException | RuntimeException justGoneOrTorn) {
      // Its process ended, or was killed while it wrote.
    }
    return Optional.empty();
  }
}
