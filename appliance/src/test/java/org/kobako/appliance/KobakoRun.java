package org.kobako.appliance;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.kobako.block.client.cli.Stop;
import org.kobako.block.client.cli.Terminal;
import org.kobako.testing.Peer;

/** One command line, run in this process. */
final class KobakoRun implements AutoCloseable {
  private static final int STILL_RUNNING = -1;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Stop stop = new Stop();
  private final Thread thread;
  private volatile int exitCode = STILL_RUNNING;

  private KobakoRun(Object... words) {
    Terminal terminal =
        Terminal.ofStreams(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            stop);
    List<String> line = List.of(words).stream().map(Object::toString).toList();
    thread = new Thread(() -> exitCode = Kobako.run(line, terminal), "kobako " + line.getFirst());
  }

  /** Runs a command to its end. */
  static KobakoRun of(Object... words) {
    KobakoRun run = new KobakoRun(words);
    run.thread.start();
    run.awaitEnd();
    return run;
  }

  /** Starts a command that goes on by itself, and waits until it has printed something. */
  static KobakoRun started(Object... words) {
    KobakoRun run = new KobakoRun(words);
    run.thread.start();
    Peer.await(
        "the command is ready",
        Duration.ofSeconds(30),
        () -> !run.out().isEmpty() || run.exitCode != STILL_RUNNING);
    return run;
  }

  /** What a command printed that must have succeeded. */
  String succeeded() {
    if (exitCode != 0) {
      throw new AssertionError(thread.getName() + ": exit code " + exitCode + ": " + err());
    }
    return out();
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  int exitCode() {
    return exitCode;
  }

  /** Ctrl-C. */
  void stop() {
    stop.request();
    awaitEnd();
  }

  private void awaitEnd() {
    try {
      if (!thread.join(Duration.ofMinutes(10))) {
        throw new AssertionError(thread.getName() + " does not end: " + out() + err());
      }
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public void close() {
    stop();
  }
}
