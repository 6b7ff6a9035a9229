package org.kobako.appliance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.kobako.testing.Peer;
import org.kobako.testing.Segment;
import org.kobako.testing.TestDisk;
import org.kobako.testing.TestStore;

/**
 * How long a DNS goes on naming a box that is gone: ours, by the heartbeat, gdnsd's http_status and
 * PowerDNS's ifurlup with the shortest intervals that they take. The second of two boxes is killed,
 * or has its cable out, at any moment of a second; dig asks until it is named no more.
 *
 * <p>A main class, for people, as root: {@code java -cp ... org.kobako.appliance.ReactionBenchmark
 * kobako|gdnsd|pdns}. Needs dig, python3, gdnsd and pdns-server.
 */
final class ReactionBenchmark {
  private static final int RUNS = 5;
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final String NAME = "disk1.boot.kobako";
  private static final String FIRST = "10.77.0.1";
  private static final String SECOND = "10.77.0.2";
  private static final String SERVER = "10.77.0.9";

  private final String kind;
  private final Path work;
  private final Segment segment;
  private final Segment.Host first;
  private final Segment.Host second;
  private final Segment.Host server;

  private ReactionBenchmark(String kind, Path work, Segment segment) {
    this.kind = kind;
    this.work = work;
    this.segment = segment;
    this.first = segment.host(FIRST + "/24");
    this.second = segment.host(SECOND + "/24");
    this.server = segment.host(SERVER + "/24");
  }

  public static void main(String[] args) throws Exception {
    Path work = Files.createTempDirectory(Path.of("/var/tmp"), "kobako-reaction");
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (Segment segment = new Segment()) {
      new ReactionBenchmark(args[0], work, segment).run();
    } finally {
      Peer.run("rm", "-r", work.toString()).succeeded();
    }
  }

  private void run() throws Exception {
    double[] killed = new double[RUNS];
    double[] unplugged = new double[RUNS];
    new TestStore(work.resolve("store")).add("debian", 1, TestDisk.mixed(3 << 16, 1 << 16, 1));
    Process box = startBox(first, 1);
    Process dns = startDns();
    Process victim = startBox(second, 2);
    try {
      for (int run = 0; run < RUNS; run++) {
        awaitBoth();
        victim.destroyForcibly().waitFor();
        killed[run] = secondsUntilGone();
        victim = startBox(second, 2);
        awaitBoth();
        segment.cable(second, false);
        unplugged[run] = secondsUntilGone();
        segment.cable(second, true);
      }
    } finally {
      for (Process process : List.of(victim, dns, box)) {
        Peer.stop(process);
      }
    }
    print("killed", killed);
    print("cable out", unplugged);
  }

  private void print(String fault, double[] seconds) {
    Arrays.sort(seconds);
    System.out.printf(
        "%-8s %-10s median %.2f s, at most %.2f s%n",
        kind, fault, seconds[RUNS / 2], seconds[RUNS - 1]);
  }

  private boolean isNamed(String address) {
    String dns = kind.equals("kobako") ? FIRST : SERVER;
    return server
        .run("dig", "+short", "+tries=1", "+timeout=1", "@" + dns, NAME)
        .output()
        .lines()
        .anyMatch(address::equals);
  }

  private void awaitBoth() throws InterruptedException {
    Peer.await("both are named", PATIENCE, () -> isNamed(FIRST) && isNamed(SECOND));
    Thread.sleep(ThreadLocalRandom.current().nextInt(1000, 2000));
  }

  private double secondsUntilGone() {
    long startNs = System.nanoTime();
    Peer.await("one is named no more", PATIENCE, () -> isNamed(FIRST) && !isNamed(SECOND));
    return (System.nanoTime() - startNs) / 1e9;
  }

  private Process startBox(Segment.Host host, int number) throws IOException {
    Path log = work.resolve("box" + number + ".log");
    if (!kind.equals("kobako")) {
      return Peer.start(log, host.command("python3", "-m", "http.server", "80", "-d", "/sys"));
    }
    Path config =
        Files.writeString(
            work.resolve("box%d.toml".formatted(number)),
            """
            store = "store"
            state = "state%d"
            [http]
            port = 80
            [dhcp]
            mode = "off"
            [room]
            key = "000102030405060708090a0b0c0d0e0f"
            """
                .formatted(number));
    return Children.serve(host, log, config);
  }

  private Process startDns() throws IOException {
    Path log = work.resolve("dns.log");
    String soa = "@ 3 SOA ns nobody 1 3600 600 86400 3\n@ 3 NS ns\nns 3 A " + SERVER + "\n";
    return switch (kind) {
      case "kobako" -> Peer.start(log, server.command("sleep", "infinity"));
      case "gdnsd" -> {
        Files.createDirectories(work.resolve("zones"));
        Files.writeString(work.resolve("zones/boot.kobako"), soa + "disk1 3 DYNA multifo!m\n");
        Files.writeString(
            work.resolve("config"),
            """
            options => { listen => %s, run_dir => %s/run, state_dir => %s/run }
            service_types => { web => {
              plugin => http_status, port => 80, url_path => /,
              up_thresh => 1, ok_thresh => 1, down_thresh => 1, interval => 2, timeout => 1
            } }
            plugins => { multifo => { m => {
              service_types => web, up_thresh => 0.1, a => %s, b => %s
            } } }
            """
                .formatted(SERVER, work, work, FIRST, SECOND));
        Files.createDirectories(work.resolve("run"));
        yield Peer.start(log, server.command("gdnsd", "-c", work.toString(), "start"));
      }
      case "pdns" -> {
        String boxes = "{{'%s','%s'}}".formatted(FIRST, SECOND);
        String check =
            "ifurlup('http://box/', %s, {selector='all', timeout=1, interval=1})".formatted(boxes);
        Path zone =
            Files.writeString(work.resolve("zone"), soa + "disk1 3 IN LUA A \"" + check + "\"\n");
        Path named =
            Files.writeString(
                work.resolve("named.conf"),
                "zone \"boot.kobako\" { type master; file \"%s\"; };\n".formatted(zone));
        yield Peer.start(
            log,
            server.command(
                "pdns_server",
                "--config-dir=" + work,
                "--launch=bind",
                "--bind-config=" + named,
                "--local-address=" + SERVER,
                "--socket-dir=" + work,
                "--enable-lua-records=yes",
                "--lua-health-checks-interval=1",
                "--cache-ttl=0",
                "--query-cache-ttl=0",
                "--daemon=no",
                "--guardian=no"));
      }
      default -> throw new IllegalArgumentException("kobako, gdnsd or pdns, not " + kind);
    };
  }
}
