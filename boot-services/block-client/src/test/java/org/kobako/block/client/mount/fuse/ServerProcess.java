package org.kobako.block.client.mount.fuse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.kobako.block.client.bench.MemoryDiskServer;
import org.kobako.testing.Peer;

/** A JVM of its own that serves {@code memory}, 4 MiB of the pattern; closed, it is gone. */
final class ServerProcess implements AutoCloseable {
  static final int LENGTH = 4 << 20;
  static final String NAME = "memory";

  private final Process process;
  private final Path output;

  private ServerProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * Starts it and waits for its file.
   *
   * @param launcher what stands before {@code java}, to start it as another user or with another
   *     standard input
   */
  static ServerProcess start(Path scratch, Path mountPoint, String... launcher) throws IOException {
    List<String> command = new ArrayList<>(List.of(launcher));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx64m",
            "-cp",
            readableClassPath(scratch),
            MemoryDiskServer.class.getName(),
            mountPoint.toString(),
            Integer.toString(LENGTH),
            "2"));
    Path output = scratch.resolve("server.out");
    ServerProcess server = new ServerProcess(Peer.start(output, command), output);
    try {
      Peer.await(
          "the server has mounted",
          Duration.ofSeconds(30),
          () -> {
            if (!server.process.isAlive()) {
              throw new AssertionError("the server ended: " + Files.readString(output));
            }
            return Files.readString(output).contains("/" + NAME);
          });
    } catch (AssertionError failed) {
      server.close();
      throw failed;
    }
    return server;
  }

  /** Copies of the classes that any user may read, wherever the checkout lies. */
  private static String readableClassPath(Path scratch) throws IOException {
    List<String> entries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(":")) {
      Path source = Path.of(entry);
      Path marker = source.resolve("org/kobako/block");
      boolean ours = Files.isDirectory(marker) || entry.matches(".*/block-format[^/]*\\.jar");
      if (ours) {
        Path copy = scratch.resolve("classes" + entries.size());
        copy(source, copy);
        entries.add(copy.toString());
      }
    }
    return String.join(":", entries);
  }

  private static void copy(Path source, Path copy) throws IOException {
    try (Stream<Path> files = Files.walk(source)) {
      files.forEach(file -> {
        try {
          Files.copy(file, copy.resolve(source.relativize(file).toString()));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    }
  }

  /** Ends it like kill -9: nothing of it runs any more, not even a finally. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  String output() throws IOException {
    return Files.readString(output);
  }

  int awaitExit() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }
}
