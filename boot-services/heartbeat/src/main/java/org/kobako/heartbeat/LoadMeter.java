package org.kobako.heartbeat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * How loaded a network interface is, in the ten levels of DNS-Balance: what the kernel counted that
 * went out or came in, whichever is more, against what the link can carry. Over the last seconds
 * rather than the last one, so that a level says something of the next seconds. Asked by one
 * thread.
 */
public final class LoadMeter {
  /** Where the kernel says nothing of the link's speed, as of a virtual one. */
  static final long USUAL_BITS_PER_SECOND = 1_000_000_000;

  /** Of the last second, in what is told; the rest is of those before. */
  private static final double NEWS = 0.4;

  private final Path statistics;
  private final double capacityBytesPerSecond;
  private long lastNs;
  private long lastBytes;
  private double bytesPerSecond;
  private boolean hasBegun;

  /**
   * @param networkInterface its directory below {@code /sys/class/net}
   */
  public LoadMeter(Path networkInterface) {
    this.statistics = networkInterface.resolve("statistics");
    this.capacityBytesPerSecond = bitsPerSecond(networkInterface) / (double) Byte.SIZE;
  }

  private static long bitsPerSecond(Path networkInterface) {
    try {
      long megabits = number(networkInterface.resolve("speed"));
      return megabits > 0 ? megabits * 1_000_000 : USUAL_BITS_PER_SECOND;
    } catch (IOException unknown) {
      return USUAL_BITS_PER_SECOND;
    }
  }

  /**
   * The level now, 0-{@link Report#MAX_LOAD_LEVEL}; at the first time 0.
   *
   * @throws IOException if the interface is gone
   */
  public int level(long nowNs) throws IOException {
    long bytes =
        Math.max(number(statistics.resolve("tx_bytes")), number(statistics.resolve("rx_bytes")));
    double seconds = (nowNs - lastNs) / (double) TimeUnit.SECONDS.toNanos(1);
    if (hasBegun && seconds > 0) {
      double now = Math.max(0, bytes - lastBytes) / seconds; // counters begin anew at times
      bytesPerSecond += NEWS * (now - bytesPerSecond);
    }
    hasBegun = true;
    lastNs = nowNs;
    lastBytes = bytes;
    int levels = Report.MAX_LOAD_LEVEL + 1;
    return (int) Math.min(Report.MAX_LOAD_LEVEL, levels * bytesPerSecond / capacityBytesPerSecond);
  }

  private static long number(Path file) throws IOException {
    try {
      return Long.parseLong(Files.readString(file).strip());
    } catch (NumberFormatException e) {
      throw new IOException(file + " holds no number", e);
    }
  }
}
