package org.kobako.block.client.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The wish that a command which goes on by itself should end: Ctrl-C, SIGTERM, or a call of {@link
 * #request}. The command waits for it, tidies up and returns, as if it had come to its end.
 */
public final class Stop {
  private final CountDownLatch requested = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile int exitCode;

  public void request() {
    requested.countDown();
  }

  public boolean isRequested() {
    return requested.getCount() == 0;
  }

  public void await() throws InterruptedException {
    requested.await();
  }

  /**
   * From now on a signal requests a stop; before, it ended the process at once.
   *
   * @param patience how long the command may tidy up; then the process ends as it is
   */
  void catchSignals(Duration patience) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stopProcess(patience), "kobako-stop"));
  }

  /** The command has returned; a process that is being stopped ends with its exit code. */
  void ended(int code) {
    exitCode = code;
    ended.countDown();
  }

  /**
   * Runs when the VM shuts down, be it for a signal or because the command is done. Ends the
   * process with the command's exit code, where the VM would make it 130 or 143.
   */
  private void stopProcess(Duration patience) {
    request();
    try {
      if (ended.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        Runtime.getRuntime().halt(exitCode);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
