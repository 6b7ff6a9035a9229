package org.kobako.appliance.bench.storm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** How busy this computer's cores are: proc_stat(5), from a moment on. */
record BusyCores(long busyTicks, long allTicks) {
  /** Behind the word cpu: user, nice, system, idle, iowait, and others. */
  private static final int IDLE = 3;

  private static final int IOWAIT = 4;

  /** From now on. */
  static BusyCores now() throws IOException {
    String line = Files.readAllLines(Path.of("/proc/stat")).getFirst();
    long[] ticks =
        Arrays.stream(line.strip().split("\\s+")).skip(1).mapToLong(Long::parseLong).toArray();
    long all = Arrays.stream(ticks).sum();
    return new BusyCores(all - ticks[IDLE] - ticks[IOWAIT], all);
  }

  /** Of all cores, 0-1. */
  double shareSince() throws IOException {
    BusyCores now = now();
    return (double) (now.busyTicks - busyTicks) / Math.max(1, now.allTicks - allTicks);
  }
}
