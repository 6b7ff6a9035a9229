package org.kobako.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** A foreign program, run for real. One that is missing fails the test: nothing is skipped. */
public final class Peer {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private static final int FIRST_FREE_PORT = 16_384;

  /** Of net.ipv4.ip_local_port_range, as every kernel starts. */
  private static final int FIRST_PORT_OF_THE_KERNEL = 32_768;

  private Peer() {}

  /** What a program printed (both streams) and how it ended. */
  public record Outcome(int exitCode, String output) {
    /** The output of a program that must have succeeded. */
    public String succeeded() {
      if (exitCode != 0) {
        throw new AssertionError("exit code " + exitCode + ": " + output);
      }
      return output;
    }
  }

  /** Runs a program to its end, at most two minutes. */
  public static Outcome run(String... command) {
    return run(List.of(command));
  }

  public static Outcome run(List<String> command) {
    try {
      Path output = Files.createTempFile("peer", ".out");
      try {
        Process process = start(output, command);
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
          throw new AssertionError(command + " did not end: " + Files.readString(output));
        }
        return new Outcome(
            process.exitValue(), Files.readString(output, StandardCharsets.ISO_8859_1));
      } finally {
        Files.deleteIfExists(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted while " + command + " ran", e);
    }
  }

  /** Starts a program that goes on by itself; the test ends it. */
  public static Process start(Path output, List<String> command) throws IOException {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
          .redirectOutput(output.toFile())
          .start();
    } catch (IOException missing) {
      throw new AssertionError(
          "peer " + command.getFirst() + " does not start: ./kobako test installs it", missing);
    }
  }

  /** Ends a program and waits until it is gone. */
  public static void stop(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  /**
   * A port of the loopback address that nobody has, neither by TCP nor by UDP. Until it is taken
   * the kernel gives it to no connection that goes out.
   */
  public static int freePort() {
    for (int tries = 0; tries < 100; tries++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST_FREE_PORT, FIRST_PORT_OF_THE_KERNEL);
      try (ServerSocket tcp = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
          DatagramSocket udp = new DatagramSocket(port, InetAddress.getLoopbackAddress())) {
        return port;
      } catch (BindException taken) {
        // another one, then
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    throw new AssertionError("of a hundred ports none is free");
  }

  /** Waits until a condition holds, at most so long. */
  public static void await(String what, Duration patience, Condition condition) {
    long deadlineNs = System.nanoTime() + patience.toNanos();
    try {
      while (!condition.holds()) {
        if (System.nanoTime() - deadlineNs > 0) {
          throw new AssertionError("waited " + patience.toSeconds() + " s in vain until " + what);
        }
        Thread.sleep(20);
      }
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Something to wait for. */
  @FunctionalInterface
  public interface Condition {
    boolean holds() throws IOException;
  }
}
