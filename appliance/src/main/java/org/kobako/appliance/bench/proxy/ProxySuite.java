package org.kobako.appliance.bench.proxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.kobako.appliance.bench.BenchRow;
import org.kobako.appliance.bench.proxy.Contender.Kind;
import org.kobako.appliance.child.Tool;
import org.kobako.block.client.cli.CommandFailedException;

/** The suite {@code proxy}: what a cache costs, and what it spares, beside nginx and squid. */
public final class ProxySuite {
  public static final int DEFAULT_ROUNDS = 5;

  private static final int BLOCK_BYTES = 128 << 10;
  private static final int BLOCKS = 2048;

  /** A round trip to another building. */
  private static final int DELAY_MS = 20;

  private static final int MACHINES = 16;
  private static final int COLD_BLOCKS = 128;

  /** That are there, and asked for again and again. */
  private static final int HOT_BLOCKS = 512;

  private static final Duration TURN = Duration.ofSeconds(2);

  /** Turns that are not counted, where there are so many rounds: a VM compiles in them. */
  private static final int MAX_WARM_UPS = 4;

  /** Misses that are not counted for each of those turns. */
  private static final int WARM_UP_MISSES = 400;

  /** In a turn. */
  private static final int MISSES = 60;

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
    try (Cores cores = Cores.leaveTheFirst();
        Origin origin = new Origin(BLOCKS, BLOCK_BYTES, DELAY_MS)) {
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
    int first = warmUps * WARM_UP_MISSES;
    List<String> warmUp = origin.paths().subList(0, first);
    List<String> measured =
        origin.paths().subList(first, first + Math.min(rounds, MAX_MISS_ROUNDS) * MISSES);
    double upstream = 0;
    for (Kind kind : Kind.values()) {
      progress.accept("misses, " + kind.word());
      try (Contender cache = start(kind, origin)) {
        Askers.ask(cache.port(), MACHINES, BLOCK_BYTES, machine -> share(warmUp, machine));
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
    List<String> hot = origin.paths().subList(0, HOT_BLOCKS);
    try (Contender ours = filled(Kind.KOBAKO, origin, hot);
        Contender nginx = filled(Kind.NGINX, origin, hot);
        Contender squid = filled(Kind.SQUID, origin, hot)) {
      Map<Kind, List<Double>> throughput = figures();
      Map<Kind, List<Double>> cpu = figures();
      for (int round = -warmUps; round < rounds; round++) {
        for (Kind kind : Kind.values()) {
          progress.accept(
              "hits, %s, %s"
                  .formatted(
                      round < 0 ? "warm-up" : "round %d of %d".formatted(round + 1, rounds),
                      kind.word()));
          Contender cache =
              switch (kind) {
                case KOBAKO -> ours;
                case NGINX -> nginx;
                case SQUID -> squid;
              };
          double cpuBefore = cache.cpuSeconds();
          long startNs = System.nanoTime();
          long blocks =
              Askers.ask(
                  cache.port(), MACHINES, BLOCK_BYTES, machine -> shuffled(hot, machine), TURN);
          double seconds = (System.nanoTime() - startNs) / 1e9;
          double bytes = (double) blocks * BLOCK_BYTES;
          if (round >= 0) {
            of(kind, throughput).add(bytes / MB / seconds);
            of(kind, cpu).add((cache.cpuSeconds() - cpuBefore) / (bytes / GB));
          }
        }
      }
      for (Kind peer : List.of(Kind.NGINX, Kind.SQUID)) {
        byTurns("hit-throughput-" + peer.word(), throughput, peer, "MB/s");
        byTurns("hit-cpu-" + peer.word(), cpu, peer, "CPU-s/GB");
      }
    }
  }

  private Contender filled(Kind kind, Origin origin, List<String> hot)
      throws IOException, InterruptedException {
    progress.accept("filling " + kind.word());
    Contender cache = start(kind, origin);
    try {
      Askers.ask(cache.port(), MACHINES, BLOCK_BYTES, machine -> share(hot, machine));
      return cache;
    } catch (IOException | InterruptedException e) {
      cache.close();
      throw e;
    }
  }

  /** The part of them that is this machine's alone. */
  private static List<String> share(List<String> paths, int machine) {
    return IntStream.range(0, paths.size())
        .filter(i -> i % MACHINES == machine)
        .mapToObj(paths::get)
        .toList();
  }

  private static List<String> shuffled(List<String> paths, int machine) {
    List<String> order = new ArrayList<>(paths);
    Collections.shuffle(order, new Random(machine));
    return order;
  }

  private static Map<Kind, List<Double>> figures() {
    return new EnumMap<>(Kind.class);
  }

  private static List<Double> of(Kind kind, Map<Kind, List<Double>> figures) {
    return figures.computeIfAbsent(kind, any -> new ArrayList<>());
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
            "blocks of 128 KiB that are there, one core, %d machines, programs warm"
                .formatted(MACHINES)));
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
