package org.kobako.block.client.mount.fuse;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests that failed, in few log lines: the kernel asks again for every page of a bad block, so
 * equal faults are told once a minute, and different ones at most {@value #LINES_PER_SECOND} a
 * second.
 */
final class Faults {
  static final int LINES_PER_SECOND = 10;

  private static final long REPEAT_AFTER_NS = TimeUnit.MINUTES.toNanos(1);
  private static final int REMEMBERED = 64;

  private final Logger log;
  private final String diskName;
  private final LongSupplier clockNs;
  private final Map<String, Long> toldAtNs = new BoundedMap();
  private long secondStartNs;
  private int linesThisSecond;
  private long untold;

  Faults(Logger log, String diskName, LongSupplier clockNs) {
    this.log = log;
    this.diskName = diskName;
    this.clockNs = clockNs;
    this.secondStartNs = clockNs.getAsLong();
  }

  /** A read that no source could serve. */
  void add(long position, int length, Throwable cause) {
    String reason = String.valueOf(cause.getMessage());
    tell(
        reason,
        "fuse: %d bytes at %d of %s are unreadable: %s; their reader gets EIO, others go on"
            .formatted(length, position, diskName, reason),
        null);
  }

  /** A request that broke the code that answers it. */
  void add(Opcode opcode, Throwable cause) {
    tell(
        cause.toString(),
        "fuse: %s on %s failed, the asker gets EIO; please report this".formatted(opcode, diskName),
        cause);
  }

  private synchronized void tell(String key, String line, @Nullable Throwable trace) {
    long nowNs = clockNs.getAsLong();
    Long lastNs = toldAtNs.get(key);
    if (lastNs != null && nowNs - lastNs < REPEAT_AFTER_NS) {
      return;
    }
    if (nowNs - secondStartNs >= TimeUnit.SECONDS.toNanos(1)) {
      secondStartNs = nowNs;
      linesThisSecond = 0;
    }
    if (linesThisSecond == LINES_PER_SECOND) {
      untold++;
      return;
    }
    linesThisSecond++;
    toldAtNs.put(key, nowNs);
    log.log(
        Level.ERROR,
        untold == 0 ? line : line + " (" + untold + " more faults were not told)",
        trace);
    untold = 0;
  }

  /** Forgets the oldest fault when it is full. */
  private static final class BoundedMap extends LinkedHashMap<String, Long> {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
      return size() > REMEMBERED;
    }
  }
}
