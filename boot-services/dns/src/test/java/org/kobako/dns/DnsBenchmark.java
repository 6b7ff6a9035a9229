package org.kobako.dns;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kobako.dns.balance.Backend;
import org.kobako.dns.balance.Balance;
import org.kobako.dns.balance.Disk;
import org.kobako.dns.balance.Policy;
import org.kobako.testing.DnsmasqResolver;
import org.kobako.testing.Peer;

/**
 * Answers per second on one core, of names of the room: ours, which weighs four boxes for each
 * answer, dnsmasq's and PowerDNS's, by turns in one run; dnsperf asks from the other core.
 *
 * <p>A main class, for people: {@code java -cp ... org.kobako.dns.DnsBenchmark}.
 */
final class DnsBenchmark {
  private static final int ROUNDS = 3;
  private static final int SECONDS = 5;
  private static final Pattern RATE = Pattern.compile("Queries per second: +([0-9.]+)");
  private static final List<String> BOXES = List.of("a", "b", "c", "d");

  private DnsBenchmark() {}

  public static void main(String[] args) throws Exception {
    if (args.length == 1) {
      serve(Integer.parseInt(args[0]));
      return;
    }
    Path work = Files.createTempDirectory("kobako-dns");
    Map<String, Server> servers = new LinkedHashMap<>();
    try {
      for (String name : List.of("kobako", "dnsmasq", "pdns")) {
        int port = Peer.freePort();
        Path log = work.resolve(name + ".log");
        servers.put(name, new Server(port, Peer.start(log, pinned(0, words(name, port, work)))));
      }
      measure(servers, questions(work));
    } finally {
      servers.values().forEach(server -> Peer.stop(server.process()));
    }
  }

  private record Server(int port, Process process) {
    Duration cpu() {
      return process.info().totalCpuDuration().orElseThrow();
    }
  }

  private static void measure(Map<String, Server> servers, Path questions) {
    Map<String, double[]> costs = new TreeMap<>();
    for (int round = -1; round < ROUNDS; round++) { // the first is for the compiler
      for (Map.Entry<String, Server> one : servers.entrySet()) {
        Server server = one.getValue();
        Duration before = server.cpu();
        double rate = rate(server.port(), questions);
        double microseconds = server.cpu().minus(before).toNanos() / 1e3 / (rate * SECONDS);
        System.out.printf(
            "%-8s %8.0f answers/s, %6.1f us of CPU each%n", one.getKey(), rate, microseconds);
        if (round >= 0) {
          costs.computeIfAbsent(one.getKey(), name -> new double[ROUNDS])[round] = microseconds;
        }
      }
    }
    costs.values().forEach(Arrays::sort);
    double ours = requireNonNull(costs.get("kobako"))[ROUNDS / 2];
    costs.forEach((name, sorted) ->
        System.out.printf(
            "%-8s median %6.1f us of CPU an answer: ours takes %.2f of it%n",
            name, sorted[ROUNDS / 2], ours / sorted[ROUNDS / 2]));
  }

  private static double rate(int port, Path questions) {
    String words =
        Peer.run(
                pinned(
                    1,
                    List.of(
                        "dnsperf",
                        "-s",
                        "127.0.0.1",
                        "-p",
                        String.valueOf(port),
                        "-d",
                        questions.toString(),
                        "-l",
                        String.valueOf(SECONDS),
                        "-c",
                        "8",
                        "-q",
                        "100")))
            .output();
    Matcher rate = RATE.matcher(words);
    if (!rate.find()) {
      throw new IllegalStateException(words);
    }
    return Double.parseDouble(rate.group(1));
  }

  private static Path questions(Path work) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int disk = 1; disk <= BootZone.MAX_DISK; disk++) {
      lines.append("disk").append(disk).append(".boot.kobako A\n");
    }
    return Files.writeString(work.resolve("questions"), lines);
  }

  private static List<String> pinned(int core, List<String> words) {
    List<String> command = new ArrayList<>(List.of("taskset", "-c", String.valueOf(core)));
    command.addAll(words);
    return command;
  }

  private static List<String> words(String name, int port, Path work) throws IOException {
    return switch (name) {
      case "kobako" ->
          List.of(
              Path.of(System.getProperty("java.home"), "bin/java").toString(),
              "-XX:+UseSerialGC",
              "-Xmx64m",
              "-cp",
              System.getProperty("java.class.path"),
              DnsBenchmark.class.getName(),
              String.valueOf(port));
      case "dnsmasq" -> {
        List<String> options = new ArrayList<>(List.of("--local-ttl=3"));
        for (int disk = 1; disk <= BootZone.MAX_DISK; disk++) {
          options.add("--host-record=disk%d.boot.kobako,10.75.0.1".formatted(disk));
        }
        yield DnsmasqResolver.command(port, options);
      }
      default -> {
        StringBuilder zone = new StringBuilder("@ 3 IN SOA a n 1 3600 600 86400 3\n@ 3 IN NS a\n");
        for (int disk = 1; disk <= BootZone.MAX_DISK; disk++) {
          for (int box = 1; box <= BOXES.size(); box++) {
            zone.append("disk%d 3 IN A 10.75.0.%d%n".formatted(disk, box));
          }
        }
        Path file = Files.writeString(work.resolve("zone"), zone);
        Path named =
            Files.writeString(
                work.resolve("named.conf"),
                "zone \"boot.kobako\" { type master; file \"%s\"; };%n".formatted(file));
        yield List.of(
            "pdns_server",
            "--config-dir=" + work,
            "--launch=bind",
            "--bind-config=" + named,
            "--local-address=127.0.0.1",
            "--local-port=" + port,
            "--socket-dir=" + work,
            "--receiver-threads=1",
            "--daemon=no",
            "--guardian=no");
      }
    };
  }

  private static void serve(int port) throws Exception {
    Balance balance = new Balance(Policy.DYNAMIC, System::nanoTime, (disk, why) -> {});
    balance.update(
        BOXES.stream()
            .map(box -> new Backend(box, 0, Backend.USUAL_PRIORITY, false, List.of()))
            .toList());
    Map<String, List<InetAddress>> addresses = new TreeMap<>();
    for (String box : BOXES) {
      addresses.put(box, List.of(InetAddress.ofLiteral("10.75.0." + (addresses.size() + 1))));
    }
    Boxes boxes =
        new Boxes() {
          @Override
          public List<InetAddress> of(Disk disk) {
            List<InetAddress> all = new ArrayList<>();
            balance.send(disk).forEach(box -> all.addAll(of(box)));
            return all;
          }

          @Override
          public List<InetAddress> of(String box) {
            return addresses.getOrDefault(box, List.of());
          }

          @Override
          public List<String> names() {
            return BOXES;
          }
        };
    InetSocketAddress listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (DnsServer server =
        new DnsServer(
            new DnsConfig(listen, DnsConfig.USUAL_ZONE, "a", List.of()),
            boxes,
            List::of,
            new RateLimit(Integer.MAX_VALUE, Integer.MAX_VALUE))) {
      server.bind();
      server.start();
      Thread.sleep(Duration.ofHours(1));
    }
  }
}
