package org.kobako.appliance.bench.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What processes take of the cores, as the kernel counts it. */
public final class CpuTime {
  /** Clock ticks of a second (sysconf(_SC_CLK_TCK)) on every Linux that runs Java. */
  private static final double TICKS_PER_SECOND = 100;

  /** proc_pid_stat(5), behind the command's name: utime, and stime after it. */
  private static final int UTIME = 11;

  private CpuTime() {}

  /**
   * What a process and those below it have taken so far, in seconds.
   *
   * @throws IOException if it has ended
   */
  public static double secondsOf(ProcessHandle process) throws IOException {
    long ticks = ticks(process);
    for (ProcessHandle below : process.descendants().toList()) {
      try {
        ticks += ticks(below);
      } catch (IOException ended) {
        // As if it had not been there.
      }
    }
    return ticks / TICKS_PER_SECOND;
  }

  private static long ticks(ProcessHandle process) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[UTIME]) + Long.parseLong(fields[UTIME + 1]);
  }
}
