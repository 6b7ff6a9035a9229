package org.kobako.block.client.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * One line that is written again and again: what is done, percentage, rate, time left. Any thread
 * may tell how far it is. In a pipe there is no such line.
 */
public final class ProgressLine implements AutoCloseable {
  private static final long REPAINT_NS = 100_000_000;
  private static final double SECOND_NS = 1e9;

  /** A rate over less says nothing about the time left. */
  private static final long STEADY_NS = 1_000_000_000;

  /** ECMA-48: back to the first column, erase to the end of the line. */
  private static final String ERASE = "\r\u001b[K";

  private final PrintStream err;
  private final boolean interactive;
  private final LongSupplier clockNs;
  private String what = "";
  private long beganNs;
  private long paintedNs;
  private boolean visible;

  /**
   * @param interactive whether a person looks on; otherwise nothing is ever written
   */
  ProgressLine(PrintStream err, boolean interactive, LongSupplier clockNs) {
    this.err = err;
    this.interactive = interactive;
    this.clockNs = clockNs;
  }

  /**
   * Tells how far a step is; one of another name begins anew.
   *
   * @param step what is going on: {@code packing}
   * @param doneBytes so far
   * @param totalBytes in the end; 0 where that is not known; of a step that is not told in bytes
   *     both are 0
   */
  public synchronized void step(String step, long doneBytes, long totalBytes) {
    if (!interactive) {
      return;
    }
    long nowNs = clockNs.getAsLong();
    if (!step.equals(what)) {
      what = step;
      beganNs = nowNs;
    } else if (visible && nowNs - paintedNs < REPAINT_NS) {
      return;
    }
    paintedNs = nowNs;
    visible = true;
    err.print(ERASE + line(doneBytes, totalBytes, nowNs - beganNs));
    err.flush();
  }

  private String line(long doneBytes, long totalBytes, long elapsedNs) {
    if (doneBytes == 0 && totalBytes == 0) {
      return what;
    }
    StringBuilder line = new StringBuilder(what).append("  ");
    if (totalBytes > 0) {
      line.append(Math.min(100, (long) (100.0 * doneBytes / totalBytes))).append(" % of ");
    }
    line.append(Units.roundSize(totalBytes > 0 ? totalBytes : doneBytes));
    if (elapsedNs >= STEADY_NS && doneBytes > 0) {
      double bytesPerNs = (double) doneBytes / elapsedNs;
      double megabytesPerSecond = bytesPerNs * SECOND_NS / (1 << 20);
      line.append(String.format(Locale.ROOT, "  %.0f MB/s", megabytesPerSecond));
      if (totalBytes > doneBytes) {
        long leftSeconds = (long) ((totalBytes - doneBytes) / bytesPerNs / SECOND_NS);
        line.append(
            String.format(Locale.ROOT, "  %d:%02d left", leftSeconds / 60, leftSeconds % 60));
      }
    }
    return line.toString();
  }

  /** Takes the line away, so that what is printed next begins a line of its own. */
  @Override
  public synchronized void close() {
    if (visible) {
      err.print(ERASE);
      err.flush();
      visible = false;
    }
  }
}
