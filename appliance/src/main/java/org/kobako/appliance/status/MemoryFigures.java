package org.kobako.appliance.status;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The memory of the process and of its machine, in KiB as the kernel counts; -1 for what it does
 * not tell.
 *
 * @param residentKib of the process, with what it shares
 * @param privateKib of that, what is its own alone and lies in no file
 * @param heapKib used on the Java heap, garbage included
 * @param maxHeapKib what the heap may take
 * @param availableKib what the machine could still give
 */
public record MemoryFigures(
    long residentKib, long privateKib, long heapKib, long maxHeapKib, long availableKib) {
  private static final Path OF_PROCESS = Path.of("/proc/self/status");
  private static final Path OF_MACHINE = Path.of("/proc/meminfo");

  /** As they are now. */
  public static MemoryFigures now() {
    Runtime vm = Runtime.getRuntime();
    return new MemoryFigures(
        kib(OF_PROCESS, "VmRSS:"),
        kib(OF_PROCESS, "RssAnon:"),
        (vm.totalMemory() - vm.freeMemory()) >> 10,
        vm.maxMemory() >> 10,
        kib(OF_MACHINE, "MemAvailable:"));
  }

  /** The number in a line that begins with a name. */
  private static long kib(Path file, String name) {
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith(name)) {
          return Long.parseLong(line.substring(name.length(), line.indexOf(" kB")).strip());
        }
      }
    } catch (IOException | RuntimeException notTold) {
      // Another kernel, or none of Linux's: the page says so.
    }
    return -1;
  }
}
