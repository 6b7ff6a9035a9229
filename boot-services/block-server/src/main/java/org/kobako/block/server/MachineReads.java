package org.kobako.block.server;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.kobako.block.format.ImageName;
import org.kobako.block.format.ReaderAgent;
import org.kobako.block.format.StorePath;

/**
 * Which versions the machines read, by what their requests say ({@link ReaderAgent}), and when they
 * asked last. Bounded: the machine that has not asked for longest is forgotten, and of a machine
 * that says many things what it has not said for longest.
 *
 * <p>Safe for use by many threads. A connection looks its machine up once, and writes a time from
 * then on.
 */
public final class MachineReads {
  /** A machine has a disk or two, or the members of an array. */
  static final int MAX_READS_OF_A_MACHINE = 32;

  private final int maxMachines;
  private final LongSupplier clockNs;

  /** Guarded by itself. */
  private final Map<InetAddress, Map<ReaderAgent, Seen>> machines = new HashMap<>();

  /**
   * Remembers nothing yet.
   *
   * @param maxMachines how many are remembered at most
   */
  public MachineReads(int maxMachines) {
    this(maxMachines, System::nanoTime);
  }

  MachineReads(int maxMachines, LongSupplier clockNs) {
    this.maxMachines = maxMachines;
    this.clockNs = clockNs;
  }

  /**
   * A version that a machine reads.
   *
   * @param ago since it asked last
   */
  public record Read(InetAddress machine, ImageName image, long version, Duration ago) {}

  /** All that are remembered, in the order of their addresses, the latest first of each. */
  public List<Read> all() {
    List<Read> all = new ArrayList<>();
    long nowNs = clockNs.getAsLong();
    synchronized (machines) {
      machines.forEach((machine, reads) ->
          reads.forEach((what, seen) ->
              all.add(
                  new Read(
                      machine,
                      what.image(),
                      what.version(),
                      Duration.ofNanos(Math.max(0, nowNs - seen.lastNs))))));
    }
    all.sort(
        Comparator.comparing((Read read) -> read.machine().getAddress(), MachineReads::byBytes)
            .thenComparing(Read::ago));
    return all;
  }

  private static int byBytes(byte[] a, byte[] b) {
    return a.length == b.length
        ? Arrays.compareUnsigned(a, b)
        : Integer.compare(a.length, b.length);
  }

  /** Notes a request; does nothing for one that says nothing of this kind. */
  void note(InetAddress machine, String agent, StorePath path) {
    readBy(agent, path).ifPresent(what -> enter(machine, what).now(clockNs.getAsLong()));
  }

  /** Who asks for an index reads that version, though it cannot say so yet. */
  private static Optional<ReaderAgent> readBy(String agent, StorePath path) {
    if (path instanceof StorePath.Index index && agent.startsWith(ReaderAgent.WITHOUT_INDEX)) {
      return Optional.of(new ReaderAgent(index.image(), index.version()));
    }
    return ReaderAgent.parse(agent);
  }

  private Seen enter(InetAddress machine, ReaderAgent what) {
    synchronized (machines) {
      Map<ReaderAgent, Seen> reads = machines.get(machine);
      if (reads == null) {
        if (machines.size() >= maxMachines) {
          removeOldest(machines, MachineReads::latestNs).values().forEach(Seen::forget);
        }
        reads = new HashMap<>(2);
        machines.put(machine, reads);
      }
      Seen seen = reads.get(what);
      if (seen == null) {
        if (reads.size() >= MAX_READS_OF_A_MACHINE) {
          removeOldest(reads, known -> known.lastNs).forget();
        }
        seen = new Seen(clockNs.getAsLong());
        reads.put(what, seen);
      }
      return seen;
    }
  }

  private static long latestNs(Map<ReaderAgent, Seen> reads) {
    return reads.values().stream().mapToLong(seen -> seen.lastNs).max().orElse(Long.MIN_VALUE);
  }

  private static <K, V> V removeOldest(Map<K, V> of, ToLongFunction<V> lastNs) {
    Map.Entry<K, V> oldest =
        of.entrySet().stream()
            .min(Comparator.comparingLong(entry -> lastNs.applyAsLong(entry.getValue())))
            .orElseThrow();
    V value = oldest.getValue();
    of.remove(oldest.getKey());
    return value;
  }

  /** When a machine asked last; written by whoever answers it. */
  private static final class Seen {
    volatile long lastNs;
    private volatile boolean forgotten;

    Seen(long nowNs) {
      lastNs = nowNs;
    }

    void now(long nowNs) {
      lastNs = nowNs;
    }

    void forget() {
      forgotten = true;
    }
  }

  /**
   * One connection's way to {@link #note}, which costs it next to nothing while its machine says
   * the same each time. Belongs to the connection's thread.
   */
  final class OfConnection {
    private final InetAddress machine;
    private String agent = "";
    private Optional<Seen> seen = Optional.empty();

    OfConnection(InetAddress machine) {
      this.machine = machine;
    }

    void note(String newAgent, StorePath path) {
      if (path instanceof StorePath.Index) {
        MachineReads.this.note(machine, newAgent, path);
        return;
      }
      if (!newAgent.equals(agent) || seen.filter(it -> it.forgotten).isPresent()) {
        agent = newAgent;
        seen = ReaderAgent.parse(newAgent).map(what -> enter(machine, what));
      }
      if (seen.isPresent()) {
        seen.get().now(clockNs.getAsLong());
      }
    }
  }

  OfConnection ofConnection(InetAddress machine) {
    return new OfConnection(machine);
  }
}
