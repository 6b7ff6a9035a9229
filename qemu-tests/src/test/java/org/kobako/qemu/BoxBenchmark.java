package org.kobako.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.kobako.block.format.StorePath;
import org.kobako.testing.Peer;
import org.kobako.testing.TestStore;

/**
 * A whole box with 64 MB beside the servers that a user would put together instead: dnsmasq, nginx,
 * squid and a heartbeat script, on the same kernel, root, card and supervisor. Run its {@code main}
 * with the test class path, as root; what counts are sizes and the ratio of one run.
 */
final class BoxBenchmark {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** Read again and again they stay in 64 MB of memory, whoever serves them; all of them cannot. */
  private static final int HOT_BLOCKS = 100;

  private static final int BLOCKS = 800;
  private static final int READS = 8000;
  private static final int BLOCK_BYTES = 128 << 10;
  private static final int MACHINES = 40;
  private static final int TRANSFERS = 20;
  private static final int BOOT_FILE_BYTES = 1 << 20;
  private static final int ROUNDS = 3;

  /**
   * The guest's clock goes on by 4 ns an instruction, so that its CPU time counts instructions, and
   * is the same on a busy computer.
   */
  private static final String[] CLOCK_OF_INSTRUCTIONS = {"-icount", "shift=2"};

  /** One clock tick of /proc/stat, in seconds. */
  private static final double TICK_S = 0.01;

  /**
   * Uptime in s, CPU ticks of programs and of the kernel, MemAvailable in KiB; of the servers in
   * KiB, what nobody else has and no file: in memory, and swapped out, which takes a third of it.
   */
  private static final Pattern MEASURE =
      Pattern.compile("MEASURE ([\\d.]+) (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)\\s");

  private record Sample(
      double uptimeS,
      long userTicks,
      long kernelTicks,
      long availableKib,
      long privateKib,
      long swappedKib) {
    static Sample of(MatchResult match) {
      return new Sample(
          Double.parseDouble(match.group(1)),
          Long.parseLong(match.group(2)),
          Long.parseLong(match.group(3)),
          Long.parseLong(match.group(4)),
          Long.parseLong(match.group(5)),
          Long.parseLong(match.group(6)));
    }
  }

  private BoxBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    Path work = Files.createTempDirectory("box-benchmark");
    try {
      for (boolean ours : new boolean[] {true, false}) {
        measure(ours ? "kobako" : "peers", ours, Files.createDirectory(work.resolve("" + ours)));
      }
    } finally {
      Peer.run("rm", "-rf", work.toString()).succeeded();
    }
  }

  private static void measure(String name, boolean ours, Path work) throws Exception {
    Path logs = Logs.of("benchmark-" + name);
    Firmware firmware = Firmware.of("armhf", logs.resolve("make.log"));
    Firmware.Update slot = firmware.update(work.resolve("slot"), 1);
    addMeasure(slot.root());
    if (!ours) {
      replaceByPeers(slot.root(), logs);
    }
    try (FlashedBox box = FlashedBox.armhf(work, logs)) {
      slot.placeOn(box.card());
      box.powerOn();
      awaitHttp(box, "/");
      Thread.sleep(5000);
      box.pullPlug();
      List<String> blocks = new ArrayList<>();
      box.card().onData(data -> blocks.addAll(putStore(new TestStore(data.resolve("store")))));
      Vm vm = box.powerOn(CLOCK_OF_INSTRUCTIONS);
      Duration lease = box.awaitLease(PATIENCE);
      awaitHttp(box, blocks.getFirst());
      System.out.printf("%s: first DHCP answer after %.1f s%n", name, lease.toMillis() / 1000.0);
      Thread.sleep(20_000);
      report(name, "idle", samples(vm, () -> Thread.sleep(10_000)), 0);
      report(name, "20 TFTP transfers", samples(vm, () -> transfer(box, logs)), 0);
      for (int round = 0; round < ROUNDS; round++) {
        for (boolean hot : new boolean[] {true, false}) {
          List<String> read = hot ? blocks.subList(0, HOT_BLOCKS) : blocks;
          report(
              name,
              "40 machines, blocks " + (hot ? "in memory" : "on the card"),
              samples(vm, () -> readBlocks(box, read, logs)),
              (long) READS * BLOCK_BYTES);
        }
      }
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  private static List<Sample> samples(Vm vm, Work work) throws Exception {
    int before = vm.console().said().length();
    vm.console().await(MEASURE.pattern(), PATIENCE);
    work.run();
    vm.console().await(MEASURE.pattern(), PATIENCE);
    Thread.sleep(3000);
    Matcher matcher = MEASURE.matcher(vm.console().said().substring(before));
    return matcher.results().map(Sample::of).toList();
  }

  private static void report(String name, String what, List<Sample> samples, long bytes) {
    Sample first = samples.getFirst();
    Sample last = samples.getLast();
    long most = samples.stream().mapToLong(Sample::privateKib).max().orElseThrow();
    long swapped = samples.stream().mapToLong(Sample::swappedKib).max().orElseThrow();
    long least = samples.stream().mapToLong(Sample::availableKib).min().orElseThrow();
    double userS = (last.userTicks - first.userTicks) * TICK_S;
    double kernelS = (last.kernelTicks - first.kernelTicks) * TICK_S;
    System.out.printf(
        "%-7s %-31s private %.1f MB and %.1f swapped  MemAvailable at least %.1f MB  CPU %.1f + %.1f s in %.1f s%s%n",
        name,
        what,
        most / 1024.0,
        swapped / 1024.0,
        least / 1024.0,
        userS,
        kernelS,
        last.uptimeS - first.uptimeS,
        bytes == 0 ? "" : "  %.1f CPU-s/GB".formatted((userS + kernelS) / (bytes / 1e9)));
  }

  private static void transfer(FlashedBox box, Path logs) throws IOException {
    Program.run(
        logs.resolve("tftp.log"),
        box.desk()
            .command(
                "sh",
                "-c",
                "for i in $(seq \"$1\"); do"
                    + " busybox tftp -g -b 1428 -l /dev/null -r file \"$2\" & done; wait",
                "transfer",
                String.valueOf(TRANSFERS),
                FlashedBox.ADDRESS));
  }

  /** All at once, up to the number of machines. */
  private static void readBlocks(FlashedBox box, List<String> blocks, Path logs)
      throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of(
                "curl",
                "-sSf",
                "-Z",
                "--parallel-immediate",
                "--parallel-max",
                "" + MACHINES,
                "--no-progress-meter"));
    Stream.generate(blocks::stream)
        .flatMap(all -> all)
        .limit(READS)
        .forEach(path -> words.addAll(List.of("-o", "/dev/null", box.url() + path)));
    Program.run(logs.resolve("curl.log"), box.desk().command(words.toArray(String[]::new)));
  }

  private static void awaitHttp(FlashedBox box, String path) {
    Peer.await(
        "the box answers " + path,
        PATIENCE,
        () ->
            box.atDesk("curl", "-sS", "-m", "10", "-o", "/dev/null", box.url() + path).exitCode()
                == 0);
  }

  /** Blocks that cannot be compressed, and a boot file; the URLs' paths. */
  private static List<String> putStore(TestStore store) throws IOException {
    Random random = new Random(1);
    Path boot = Files.createDirectories(store.root().resolve("boot"));
    byte[] file = new byte[BOOT_FILE_BYTES];
    random.nextBytes(file);
    Files.write(boot.resolve("file"), file);
    List<String> paths = new ArrayList<>();
    byte[] block = new byte[BLOCK_BYTES];
    for (int i = 0; i < BLOCKS; i++) {
      random.nextBytes(block);
      paths.add("/" + new StorePath.Block(store.put(block).toHex()).relative());
    }
    Peer.run("chmod", "-R", "a+rX", store.root().toString()).succeeded();
    return paths;
  }

  /**
   * A line on the console every two seconds, by a shell alone, so that measuring costs next to
   * nothing.
   */
  private static void addMeasure(Path root) throws IOException {
    script(
        root.resolve("usr/lib/kobako/measure"),
        """
        #!/bin/sh
        export PATH=/usr/bin
        while sleep 2; do
          read -r up rest </proc/uptime
          read -r cpu user nice system idle iowait irq softirq rest </proc/stat
          while read -r word n rest; do
            case $word in MemAvailable:) available=$n ;; esac
          done </proc/meminfo
          private=0 swapped=0
          for pid in $(pidof java dnsmasq nginx squid heartbeat); do
            while read -r word n rest; do
              case $word in
              Private_Dirty:) private=$((private + n)) ;;
              Swap:) swapped=$((swapped + n)) ;;
              esac
            done </proc/$pid/smaps_rollup
          done
          echo "MEASURE $up $((user + nice)) $((system + irq + softirq)) $available $private $swapped" >/dev/console
        done
        """);
    Files.writeString(
        root.resolve("etc/inittab"),
        "::respawn:/usr/lib/kobako/measure\n",
        StandardOpenOption.APPEND);
  }

  /** The same services by the programs that one would take. */
  private static void replaceByPeers(Path root, Path logs) throws IOException {
    Path log = logs.resolve("peers.log");
    Path unpacked = root.resolveSibling("peers");
    String mirror = Program.run(log, List.of("../cross/debian-packages", "mirror"));
    Program.run(
        log,
        List.of(
            "mmdebstrap",
            "--quiet",
            "--mode=root",
            "--variant=extract",
            "--architectures=armhf",
            "--include=bash,dnsmasq-base,nginx-light,squid",
            "--aptopt=Acquire::Languages \"none\"",
            "trixie",
            unpacked.toString(),
            mirror));
    Peer.run("rm", "-rf", root.resolve("usr/java").toString()).succeeded();
    Peer.run(
            "sh",
            "-c",
            "cp -a \"$1\"/usr/lib/arm-linux-gnueabihf/*.so* \"$2\"/usr/lib/arm-linux-gnueabihf/"
                + " && cp \"$1\"/usr/sbin/dnsmasq \"$1\"/usr/sbin/nginx \"$2\"/usr/bin"
                + " && cp \"$1\"/usr/sbin/squid-gnutls \"$2\"/usr/bin/squid"
                + " && cp \"$1\"/usr/bin/bash \"$2\"/usr/bin"
                + " && mkdir -p \"$2\"/etc/nginx \"$2\"/usr/share/squid \"$2\"/usr/lib/squid"
                + " && cp \"$1\"/usr/lib/squid/unlinkd \"$2\"/usr/lib/squid"
                + " && cp -r \"$1\"/usr/share/squid-langpack/templates \"$1\"/usr/share/squid/mime.conf \"$2\"/usr/share/squid/",
            "copy",
            unpacked.toString(),
            root.toString())
        .succeeded();
    Files.writeString(
        root.resolve("etc/nginx/nginx.conf"),
        """
        user nobody nogroup;
        worker_processes 1;
        pid /run/nginx.pid;
        error_log /dev/null;
        events { worker_connections 256; }
        http {
          access_log off;
          sendfile on;
          keepalive_timeout 60;
          client_body_temp_path /tmp/body; proxy_temp_path /tmp/proxy; fastcgi_temp_path /tmp/fastcgi;
          uwsgi_temp_path /tmp/uwsgi; scgi_temp_path /tmp/scgi;
          server { listen 80; root /data/store; }
        }
        """);
    Files.writeString(
        root.resolve("etc/squid.conf"),
        """
        http_port 3128
        http_access allow all
        cache_effective_user nobody
        cache_mem 4 MB
        memory_pools off
        access_log none
        cache_log /dev/null
        cache_store_log none
        pid_filename none
        shutdown_lifetime 1 second
        coredump_dir /tmp
        mime_table /usr/share/squid/mime.conf
        icon_directory /tmp
        error_directory /usr/share/squid/templates
        netdb_filename none
        pinger_enable off
        workers 1
        """);
    script(
        root.resolve("usr/bin/heartbeat"),
        """
        #!/usr/bin/bash
        while sleep 1; do
          read -r load rest </proc/loadavg
          echo "alive $load" >/dev/udp/10.75.0.2/7777
        done
        """);
    script(
        root.resolve("usr/lib/kobako/box"),
        """
        #!/bin/sh
        . /usr/lib/kobako/common
        until [ -e $address_file ]; do sleep 0.2; done
        mkdir -p /dev/shm && mount -t tmpfs tmpfs /dev/shm
        dnsmasq --conf-file=/dev/null --user=nobody --group=nogroup --dhcp-range=10.75.0.100,10.75.0.200,1h \\
          --dhcp-leasefile=/data/state/leases --dhcp-authoritative --enable-tftp --tftp-root=/data/store/boot
        nginx -c /etc/nginx/nginx.conf
        squid -N -f /etc/squid.conf &
        exec /usr/bin/heartbeat
        """);
  }

  private static void script(Path file, String text) throws IOException {
    Files.deleteIfExists(file);
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
