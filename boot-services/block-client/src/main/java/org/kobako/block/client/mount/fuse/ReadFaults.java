package org.kobako.block.client.mount.fuse;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Reads that failed, in few log lines: the kernel asks again for every page of a bad block, so
 * equal faults are told once a minute, and different ones at most {@value #LINES_PER_SECOND} a
 * second.
 */
final class ReadFaults {
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

  ReadFaults(Logger log, String diskName, LongSupplier clockNs) {
    this.log = log;
    this.diskName = diskName;
    this.clockNs = clockNs;
    this.secondStartNs = clockNs.getAsLong();
  }

  synchronized void add(long position, int length, Throwable cause) {
    long nowNs = clockNs.getAsLong();
    String reason = String.valueOf(cause.getMessage());
    Long lastNs = toldAtNs.get(reason);
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
    toldAtNs.put(reason, nowNs);
    log.log(
        Level.ERROR,
        "fuse: %d bytes at %d of %s are unreadable: %s; their reader gets EIO, others go on%s"
            .formatted(
                length,
                position,
                diskName,
                reason,
                untold == 0 ? "" : " (" + untold + " more faults were not told)"));
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
