package org.kobako.qemu;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program that takes its time, run to its end. */
final class Program {
  /** The first run fetches packages, and builds a kernel or a VM, beside another such test. */
  private static final Duration PATIENCE = Duration.ofMinutes(45);

  private Program() {}

  /**
   * Runs a program that must succeed.
   *
   * @param log what it says on standard error goes there, behind what is there
   * @return what it printed
   */
  static String run(Path log, List<String> command) throws IOException {
    Path output = Files.createTempFile("program", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(output.toFile())
              .redirectError(Redirect.appendTo(log.toFile()))
              .start();
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(command + " does not end; " + Files.readString(log));
      }
      if (process.exitValue() != 0) {
        throw new AssertionError(
            command
                + " ends with "
                + process.exitValue()
                + ": "
                + Files.readString(output)
                + Files.readString(log));
      }
      return Files.readString(output, StandardCharsets.UTF_8).strip();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    } finally {
      Files.delete(output);
    }
  }

  /** The launcher with a command of ours, on the jars that this build has made. */
  static List<String> kobako(String... words) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "KOBAKO_NO_BUILD=1",
                "JAVA_HOME=" + System.getProperty("java.home"),
                Path.of("..", "kobako").toAbsolutePath().normalize().toString()));
    command.addAll(List.of(words));
    return command;
  }
}
