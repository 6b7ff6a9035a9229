package org.kobako.appliance.box;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A request's body that must be there in a time: a connection that sends an octet now and then is
 * not idle, and holds a thread.
 */
final class TimedBody extends InputStream {
  private final InputStream body;
  private final LongSupplier clockNs;
  private final long startNs;
  private final long timeNs;

  TimedBody(InputStream body, Duration time) {
    this(body, time, System::nanoTime);
  }

  /** By another clock. */
  TimedBody(InputStream body, Duration time, LongSupplier clockNs) {
    this.body = body;
    this.clockNs = clockNs;
    this.startNs = clockNs.getAsLong();
    this.timeNs = time.toNanos();
  }

  private void requireTime() throws IOException {
    if (clockNs.getAsLong() - startNs > timeNs) {
      throw new InterruptedIOException("it comes too slowly");
    }
  }

  @Override
  public int read() throws IOException {
    requireTime();
    return body.read();
  }

  /** All other ways to read end here, so that none takes longer. */
  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    requireTime();
    return body.read(to, offset, length);
  }

  @Override
  public void close() throws IOException {
    body.close();
  }
}
