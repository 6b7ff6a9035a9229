package org.kobako.appliance.bench.proxy;

import java.io.IOException;
import org.kobako.appliance.child.Tool;

/** This process, kept away from the core on which caches are measured, where there is another. */
final class Cores implements AutoCloseable {
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  private Cores() {}

  static Cores leaveTheFirst() throws IOException, InterruptedException {
    if (CORES > 1) {
      keepTo("1-" + (CORES - 1));
    }
    return new Cores();
  }

  /** All of its threads; those that they start, and processes, do as they. */
  private static void keepTo(String cores) throws IOException, InterruptedException {
    Tool.run(
        "taskset",
        "--all-tasks",
        "--cpu-list",
        "--pid",
        cores,
        Long.toString(ProcessHandle.current().pid()));
  }

  @Override
  public void close() throws IOException {
    if (CORES > 1) {
      try {
        keepTo("0-" + (CORES - 1));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
