package org.kobako.appliance.child;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A program of the system, run to its end. */
public final class Tool {
  private Tool() {}

  /**
   * Runs a program.
   *
   * @return what it printed
   * @throws IOException if it is not installed or fails, with what it said
   */
  public static String run(String... command) throws IOException, InterruptedException {
    return run(null, List.of(command));
  }

  /** The same in a directory. */
  public static String run(@Nullable Path directory, List<String> command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .directory(directory == null ? null : directory.toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    int exitCode = process.waitFor();
    if (exitCode != 0) {
      throw new IOException(
          String.join(" ", command) + " failed with exit code " + exitCode + ": " + output);
    }
    return output;
  }

  /** Whether a program can be found in PATH. */
  public static boolean isInstalled(String program) {
    String path = System.getenv("PATH");
    for (String directory : (path == null ? "" : path).split(":", -1)) {
      if (!directory.isEmpty() && Path.of(directory, program).toFile().canExecute()) {
        return true;
      }
    }
    return false;
  }
}
