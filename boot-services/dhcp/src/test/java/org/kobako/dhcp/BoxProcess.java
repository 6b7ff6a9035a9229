package org.kobako.dhcp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.kobako.boot.plan.BootPlanner;
import org.kobako.boot.plan.BootRules;
import org.kobako.boot.plan.BoxAddress;
import org.kobako.boot.plan.MacAddress;
import org.kobako.dhcp.address.AddressRange;
import org.kobako.dhcp.address.Ipv4Address;
import org.kobako.dhcp.address.Subnet;
import org.kobako.dhcp.config.DhcpConfig;
import org.kobako.dhcp.config.DhcpMode;
import org.kobako.dhcp.config.Reservation;
import org.kobako.dhcp.config.SubnetConfig;
import org.kobako.testing.Peer;
import org.kobako.testing.Segment;

/** A box's DHCP server in a process of its own, so that it can live in a network namespace. */
final class BoxProcess implements AutoCloseable {
  private final Process process;
  private final Path log;

  private BoxProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts one in a namespace, with options {@code name=value}: mode, interface, subnet and pool,
   * relayed (subnet and pool behind a relay agent, with a space between), lease-seconds,
   * lease-file, box, boxes, reservation (MAC and address).
   */
  static BoxProcess start(Segment.Host host, Path log, String... options) throws IOException {
    List<String> command = new ArrayList<>(host.command());
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx64m",
            "--enable-native-access=ALL-UNNAMED",
            "-Djava.util.logging.SimpleFormatter.format=%4$s %5$s%n",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            BoxProcess.class.getName()));
    command.addAll(List.of(options));
    return new BoxProcess(Peer.start(log, command), log);
  }

  BoxProcess awaitLog(String words) {
    Peer.await(
        "the box logs '" + words + "'",
        Duration.ofSeconds(30),
        () -> {
          String text = Files.readString(log);
          if (!process.isAlive() && !text.contains(words)) {
            throw new AssertionError("the box ended: " + text);
          }
          return text.contains(words);
        });
    return this;
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  int exitCode() throws InterruptedException {
    return process.waitFor();
  }

  /** kill -9. */
  void crash() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    Peer.stop(process);
  }

  public static void main(String... args) throws Exception {
    Map<String, String> options =
        Arrays.stream(args)
            .map(arg -> arg.split("=", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    DhcpServer server =
        new DhcpServer(
            config(options),
            address -> new BootPlanner(BootRules.NONE, new BoxAddress(address, 8080)),
            machine -> {});
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    try {
      server.bind();
    } catch (IOException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
    server.start();
    Thread.sleep(Duration.ofMinutes(10));
  }

  private static DhcpConfig config(Map<String, String> options) {
    List<SubnetConfig> subnets = new ArrayList<>();
    if (options.containsKey("pool")) {
      Optional<Reservation> reservation =
          Optional.ofNullable(options.get("reservation"))
              .map(text ->
                  Reservation.of(
                      MacAddress.parse(text.split(" ")[0]).orElseThrow(),
                      Ipv4Address.of(text.split(" ")[1])));
      subnets.add(
          new SubnetConfig(
              Subnet.of(options.getOrDefault("subnet", "10.77.0.0/24")),
              AddressRange.of(options.get("pool")),
              List.of(Ipv4Address.of("10.77.0.254")),
              List.of(Ipv4Address.of("10.77.0.253")),
              List.of(),
              Optional.of("kobako.test"),
              reservation.stream().toList()));
    }
    if (options.containsKey("relayed")) {
      String[] relayed = options.get("relayed").split(" ");
      subnets.add(SubnetConfig.of(Subnet.of(relayed[0]), AddressRange.of(relayed[1])));
    }
    return new DhcpConfig(
        DhcpMode.of(options.getOrDefault("mode", "server")),
        Optional.ofNullable(options.get("interface")).stream().toList(),
        subnets,
        Duration.ofSeconds(Long.parseLong(options.getOrDefault("lease-seconds", "3600"))),
        Path.of(options.get("lease-file")),
        Integer.parseInt(options.getOrDefault("box", "1")),
        Integer.parseInt(options.getOrDefault("boxes", "1")),
        DhcpConfig.DEFAULT_TAKEOVER_TIME);
  }
}
