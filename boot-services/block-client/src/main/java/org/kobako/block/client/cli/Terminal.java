package org.kobako.block.client.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Where a command runs: what it prints goes to {@code out}, what it says besides to {@code err},
 * and somebody may press Ctrl-C.
 */
public final class Terminal {
  /** Longer than most commands need. */
  private static final Duration TIDY_UP = Duration.ofSeconds(20);

  private final PrintStream out;
  private final PrintStream err;
  private final boolean interactive;
  private final Consumer<Duration> catchSignals;
  private final Stop stop;

  private Terminal(
      PrintStream out,
      PrintStream err,
      boolean interactive,
      Stop stop,
      Consumer<Duration> catchSignals) {
    this.out = out;
    this.err = err;
    this.interactive = interactive;
    this.stop = stop;
    this.catchSignals = catchSignals;
  }

  /** That of this process. */
  public static Terminal ofProcess() {
    Stop stop = new Stop();
    return new Terminal(System.out, System.err, isTerminal(2), stop, stop::catchSignals);
  }

  /** A pipe at either end; whoever holds the stop presses Ctrl-C. */
  public static Terminal ofStreams(PrintStream out, PrintStream err, Stop stop) {
    return new Terminal(out, err, false, stop, patience -> {});
  }

  /** For what was asked for: a list, JSON, the line that says ready. */
  public PrintStream out() {
    return out;
  }

  /** For errors and progress. */
  public PrintStream err() {
    return err;
  }

  /** Shows how far a command is; silent where nobody looks on. The caller closes it. */
  public ProgressLine progress() {
    return new ProgressLine(err, interactive, System::nanoTime);
  }

  /** From now on Ctrl-C and SIGTERM no longer end the process: the caller waits for the stop. */
  public Stop catchStop() {
    return catchStop(TIDY_UP);
  }

  /**
   * The same for a command that may take long to tidy up.
   *
   * @param patience how long after the signal; then the process ends as it is
   */
  public Stop catchStop(Duration patience) {
    catchSignals.accept(patience);
    return stop;
  }

  /** Ends the process with a command's exit code. */
  public void exit(int exitCode) {
    out.flush();
    err.flush();
    stop.ended(exitCode);
    System.exit(exitCode);
  }

  /** The JDK tells it of standard input and output together, and the progress is on another. */
  private static boolean isTerminal(int fileDescriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + fileDescriptor)).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException e) {
      return false;
    }
  }
}
