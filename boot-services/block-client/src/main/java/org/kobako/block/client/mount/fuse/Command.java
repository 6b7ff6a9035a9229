package org.kobako.block.client.mount.fuse;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** A short program of the platform, run to its end. */
final class Command {
  private static final int PATIENCE_SECONDS = 10;
  private static final int MAX_OUTPUT_BYTES = 4096;

  private Command() {}

  /** How it ended and what it said, in one line. */
  record Outcome(int exitCode, String output) {
    boolean succeeded() {
      return exitCode == 0;
    }
  }

  static Outcome run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      byte[] output = process.getInputStream().readNBytes(MAX_OUTPUT_BYTES);
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(command[0] + " does not end");
      }
      return new Outcome(
          process.exitValue(),
          new String(output, StandardCharsets.UTF_8).strip().replace('\n', ' '));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while " + command[0] + " ran");
    } finally {
      process.destroyForcibly();
    }
  }
}
