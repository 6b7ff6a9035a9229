package org.kobako.appliance.bench.proxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.kobako.appliance.bench.BenchRow;
import org.kobako.appliance.bench.proxy.Contender.Kind;
import org.kobako.appliance.child.Tool;
import org.kobako.block.client.cli.CommandFailedException;

/** The suite {@code proxy}: what a cache costs, and what it spares, beside nginx and squid. */
public final class ProxySuite {
  public static final int DEFAULT_ROUNDS = 5;

  private static final int BLOCK_BYTES = 128 << 10;
  private static final int BLOCKS = 512;

  /** A round trip to another building. */
  private static final int DELAY_MS = 20;

  private static final int MACHINES = 16;
  private static final int HITS_EACH = 100;
  private static final int COLD_BLOCKS = 128;

  /** In a turn. */
  private static final int MISSES = 60;

  /** Turns in which a VM compiles, where there are so many rounds. */
  private static final int MAX_WARM_UPS = 4;

  /** Turns of misses, where there are so many rounds: each takes blocks that were not there. */
  private static final int MAX_MISS_ROUNDS = 3;

  private static final double MB = 1e6;
  private static final double GB = 1e9;

  private final Path scratch;
  private final int rounds;
  private final int warmUps;
  private final Consumer<String> progress;
  private final Consumer<BenchRow> rows;
  private int works;

  private ProxySuite(Path scratch, int rounds, Consumer<String> progress, Consumer<BenchRow> rows) {
    this.scratch = scratch;
    this.rounds = rounds;
    this.warmUps = Math.min(rounds, MAX_WARM_UPS);
    this.progress = progress;
    this.rows = rows;
  }

  /**
   * Measures; rows come one by one, as they are there.
   *
   * @param scratch an empty directory
   * @param rounds in which each cache has its turn at what is there
   * @param progress takes what is going on
   * @throws CommandFailedException if a peer is not installed
   */
  public static void run(
      Path scratch, int rounds, Consumer<String> progress, Consumer<BenchRow> rows)
      throws IOException, InterruptedException, CommandFailedException {
    for (String peer : List.of("nginx", "squid", "taskset")) {
      if (!Tool.isInstalled(peer)) {
        throw new CommandFailedException(
            peer + " is missing: install the packages nginx-light, squid and util-linux");
      }
    }
    ProxySuite suite = new ProxySuite(scratch, rounds, progress, rows);
    try (Origin origin = new Origin(BLOCKS, BLOCK_BYTES, DELAY_MS)) {
      suite.firstBytes(origin);
      suite.coldStorm(origin);
      suite.hits(origin);
    }
  }

  private Contender start(Kind kind, Origin origin) throws IOException, InterruptedException {
    Path work = Files.createDirectory(scratch.resolve(kind.word() + "-" + ++works));
    return Contender.start(kind, origin, work);
  }

  /** One machine that asks for what is not there, one block after the other. */
  private void firstBytes(Origin origin) throws IOException, InterruptedException {
    Map<Kind, List<Double>> medians = figures();
    int first = warmUps * MISSES;
    List<String> warmUp = origin.paths().subList(0, first);
    List<String> measured =
        origin.paths().subList(first, first + Math.min(rounds, MAX_MISS_ROUNDS) * MISSES);
    double upstream = 0;
    for (Kind kind : Kind.values()) {
      progress.accept("misses, " + kind.word());
      try (Contender cache = start(kind, origin)) {
        Askers.firstBytesNs(cache.port(), BLOCK_BYTES, warmUp);
        List<Long> ours = new ArrayList<>();
        List<Long> direct = new ArrayList<>();
        for (int at = 0; at < measured.size(); at += MISSES) {
          List<String> some = measured.subList(at, at + MISSES);
          ours.addAll(Askers.firstBytesNs(cache.port(), BLOCK_BYTES, some));
          direct.addAll(Askers.firstBytesNs(origin.port(), BLOCK_BYTES, some));
        }
        of(kind, medians).add(median(ours) / 1e6);
        if (kind == Kind.KOBAKO) {
          upstream = median(direct) / 1e6;
        }
      }
    }
    double ours = of(Kind.KOBAKO, medians).getFirst();
    row("miss-first-byte", ours, upstream, "ms", "of a block that is not there, by the upstream's");
    for (Kind peer : List.of(Kind.NGINX, Kind.SQUID)) {
      row("miss-first-byte-" + peer.word(), ours, of(peer, medians).getFirst(), "ms", "the same");
    }
  }

  /** All machines ask for the same blocks at once, in one order, of a cache that is empty. */
  private void coldStorm(Origin origin) throws IOException, InterruptedException {
    List<String> paths = origin.paths().subList(0, COLD_BLOCKS);
    double one = (double) BLOCK_BYTES * COLD_BLOCKS;
    Map<Kind, List<Double>> fetched = figures();
    for (Kind kind : Kind.values()) {
      progress.accept("%d machines, empty cache, %s".formatted(MACHINES, kind.word()));
      try (Contender cache = start(kind, origin)) {
        long before = origin.sentBytes();
        Askers.ask(cache.port(), MACHINES, BLOCK_BYTES, machine -> paths);
        of(kind, fetched).add((origin.sentBytes() - before) / one);
      }
    }
    for (Kind peer : List.of(Kind.NGINX, Kind.SQUID)) {
      row(
          "cold-storm-upstream-" + peer.word(),
          of(Kind.KOBAKO, fetched).getFirst(),
          of(peer, fetched).getFirst(),
          "machines",
          "bytes that the upstream sends for %d machines, in those of one".formatted(MACHINES));
    }
  }

  /** Machines that ask for what is there, of each cache by turns. */
  private void hits(Origin origin) throws IOException, InterruptedException {
    try (Contender ours = filled(Kind.KOBAKO, origin);
        Contender nginx = filled(Kind.NGINX, origin);
        Contender squid = filled(Kind.SQUID, origin)) {
      Map<Kind, List<Double>> throughput = figures();
      Map<Kind, List<Double>> cpu = figures();
      double bytes = (double) MACHINES * HITS_EACH * BLOCK_BYTES;
      for (int round = 0; round < rounds; round++) {
        for (Kind kind : Kind.values()) {
          progress.accept("hits, round %d of %d, %s".formatted(round + 1, rounds, kind.word()));
          Contender cache =
              switch (kind) {
                case KOBAKO -> ours;
                case NGINX -> nginx;
                case SQUID -> squid;
              };
          double cpuBefore = cache.cpuSeconds();
          long tookNs =
              Askers.ask(cache.port(), MACHINES, BLOCK_BYTES, machine -> some(origin, machine));
          double cpuSeconds = cache.cpuSeconds() - cpuBefore;
          of(kind, throughput).add(bytes / MB / (tookNs / 1e9));
          of(kind, cpu).add(cpuSeconds / (bytes / GB));
        }
      }
      for (Kind peer : List.of(Kind.NGINX, Kind.SQUID)) {
        byTurns("hit-throughput-" + peer.word(), throughput, peer, "MB/s");
        byTurns("hit-cpu-" + peer.word(), cpu, peer, "CPU-s/GB");
      }
    }
  }

  private Contender filled(Kind kind, Origin origin) throws IOException, InterruptedException {
    progress.accept("filling " + kind.word());
    Contender cache = start(kind, origin);
    try {
      for (int i = 0; i < warmUps; i++) {
        Askers.ask(cache.port(), 4, BLOCK_BYTES, machine -> origin.paths());
      }
      return cache;
    } catch (IOException | InterruptedException e) {
      cache.close();
      throw e;
    }
  }

  private static Map<Kind, List<Double>> figures() {
    return new EnumMap<>(Kind.class);
  }

  private static List<Double> of(Kind kind, Map<Kind, List<Double>> figures) {
    return figures.computeIfAbsent(kind, any -> new ArrayList<>());
  }

  private static List<String> some(Origin origin, int machine) {
    List<String> paths = new ArrayList<>(origin.paths());
    Collections.shuffle(paths, new Random(machine));
    return paths.subList(0, HITS_EACH);
  }

  private void byTurns(String name, Map<Kind, List<Double>> figures, Kind peer, String unit) {
    List<Double> ours = of(Kind.KOBAKO, figures);
    List<Double> theirs = of(peer, figures);
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      ratios.add(ours.get(i) / theirs.get(i));
    }
    rows.accept(
        new BenchRow(
            name,
            medianOf(ours),
            medianOf(theirs),
            medianOf(ratios),
            unit,
            "blocks of 128 KiB that are there, one core, %d machines".formatted(MACHINES)));
  }

  private void row(String name, double ours, double peer, String unit, String note) {
    rows.accept(new BenchRow(name, ours, peer, ours / peer, unit, note));
  }

  private static double median(List<Long> values) {
    return values.stream()
        .mapToLong(it -> it)
        .sorted()
        .skip(values.size() / 2)
        .findFirst()
        .orElse(0);
  }

  private static double medianOf(List<Double> values) {
    return values.stream()
        .mapToDouble(it -> it)
        .sorted()
        .skip(values.size() / 2)
        .findFirst()
        .orElse(0);
  }
}
