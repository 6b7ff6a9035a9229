package org.kobako.appliance.box;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;

/**
 * A request's body that must be there in a time: a connection that sends an octet now and then is
 * not idle, and holds a thread.
 */
final class TimedBody extends FilterInputStream {
  private final long endNs;

  TimedBody(InputStream body, Duration time) {
    super(body);
    this.endNs = System.nanoTime() + time.toNanos();
  }

  private void requireTime() throws IOException {
    if (System.nanoTime() - endNs > 0) {
      throw new InterruptedIOException("it comes too slowly");
    }
  }

  @Override
  public int read() throws IOException {
    requireTime();
    return in.read();
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    requireTime();
    return in.read(to, offset, length);
  }
}
