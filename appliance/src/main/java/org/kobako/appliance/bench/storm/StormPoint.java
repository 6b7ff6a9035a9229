package org.kobako.appliance.bench.storm;

import java.util.List;

/**
 * One measured storm.
 *
 * @param server who served: {@code kobako} or {@code nginx}
 * @param boxes how many of it
 * @param all what each machine took
 * @param boxCpuSeconds of all boxes, from the beginning to the end
 * @param busyShare of this computer's cores in that time, 0-1: where it is near 1, they are the
 *     limit and not the links
 */
record StormPoint(
    String server, int boxes, List<Machine> all, double boxCpuSeconds, double busyShare) {

  /**
   * A machine's boot.
   *
   * @param bootUs from power-on to its last answer
   * @param retries requests that were made again, for a box that did not answer them
   * @param failure why it did not come to its end; empty if it did
   */
  record Machine(String address, long bootUs, long bytes, int retries, String failure) {
    static Machine parse(String line) {
      String[] words = line.split(" ", 5);
      return new Machine(
          words[0],
          Long.parseLong(words[1]),
          Long.parseLong(words[2]),
          Integer.parseInt(words[3]),
          words[4].equals("-") ? "" : words[4].replace('_', ' '));
    }
  }

  int machines() {
    return all.size();
  }

  double worstSeconds() {
    return all.stream().mapToLong(Machine::bootUs).max().orElseThrow() / 1e6;
  }

  double medianSeconds() {
    List<Long> sorted = all.stream().map(Machine::bootUs).sorted().toList();
    return sorted.get(sorted.size() / 2) / 1e6;
  }

  int retries() {
    return all.stream().mapToInt(Machine::retries).sum();
  }

  double cpuSecondsPerGb() {
    return boxCpuSeconds / (all.stream().mapToLong(Machine::bytes).sum() / 1e9);
  }
}
