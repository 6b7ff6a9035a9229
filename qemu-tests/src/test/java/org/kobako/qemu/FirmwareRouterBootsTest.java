package org.kobako.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.kobako.testing.DnsmasqResolver;
import org.kobako.testing.Peer;

/** A flashed box between a room and the network of a school. */
@Tag("interop")
@Timeout(3600)
@Execution(ExecutionMode.CONCURRENT)
class FirmwareRouterBootsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final String CONFIG =
      """
      [router]
      uplink = "eth1"
      """;

  /** CURLE_OPERATION_TIMEDOUT: not even a refusal came. */
  private static final int CURL_TIMED_OUT = 28;

  private static final Pattern UPLINK = Pattern.compile("address (\\S+) on the uplink eth1");

  /** What a machine does with a lease; says what it was told besides its address. */
  private static final String LEASE_SCRIPT =
      """
      #!/bin/sh
      [ "$1" = bound ] || exit 0
      ip address replace "$ip/$mask" dev "$interface"
      ip route replace default via "$router"
      echo "has $ip, router $router, dns $dns"
      """;

  private static final Pattern TOLD = Pattern.compile("has (\\S+), router (\\S+), dns (\\S+)");

  /** Says by which address somebody asks. */
  private static final String WHO_ASKS =
      """
      #!/bin/sh
      printf 'Content-Type: text/plain\\r\\n\\r\\n%s' "$REMOTE_ADDR"
      """;

  private @TempDir Path work;

  @Test
  void machinesReachTheNetworkBehindTheUplinkAndNobodyThereReachesTheRoom() throws Exception {
    Path logs = Logs.of("firmware-router");
    try (FlashedBox box = FlashedBox.armhf(work, logs);
        School school = new School("10.77.0", Logs.inside(logs, "school"))) {
      box.card().put(Files.writeString(work.resolve("kobako.toml"), CONFIG), "kobako.toml");
      Network.Plug socket = box.network().tap(school.network);
      Vm vm =
          box.powerOn(
              "-netdev",
              "tap,id=uplink,script=no,downscript=no,ifname=" + socket.device(),
              "-device",
              "virtio-net-pci,netdev=uplink,romfile=,mac=" + Vm.newMac());
      String uplink = vm.console().await(UPLINK.pattern(), PATIENCE).group(1);
      String status = box.awaitSound("a", PATIENCE);
      System.out.println("router: " + FlashedBox.memory(status));
      assertThat(status).contains("\"troubles\": []");

      Network.Host machine = box.network().join("machine");
      var told = TOLD.matcher(lease(machine));
      assertThat(told.find()).isTrue();
      assertThat(told.group(2)).isEqualTo(FlashedBox.ADDRESS);
      assertThat(told.group(3)).isEqualTo(FlashedBox.ADDRESS);
      assertThat(resolved(machine, FlashedBox.ADDRESS)).contains("10.77.0.80");
      assertThat(resolved(machine, "10.77.0.1")).contains("10.77.0.80");
      assertThat(fetched(machine, "10.77.0.1")).isEqualTo(uplink);

      assertThat(school.does("busybox", "ping", "-c", "1", "-W", "10", uplink).exitCode()).isZero();
      school.does("ip", "route", "add", "10.75.0.0/24", "via", uplink).succeeded();
      Peer.start(
          logs.resolve("machine.log"),
          machine.command("busybox", "httpd", "-f", "-p", "8080", "-h", work.toString()));
      Peer.await(
          "the machine serves its room",
          PATIENCE,
          () ->
              box.atDesk("curl", "-sf", "http://" + told.group(1) + ":8080/kobako.toml")
                  .output()
                  .equals(CONFIG));
      for (String closed :
          new String[] {
            "http://" + uplink + "/status",
            "http://" + FlashedBox.ADDRESS + "/status",
            "tftp://" + uplink + "/boot.scr.uimg",
            "http://" + told.group(1) + ":8080/kobako.toml"
          }) {
        assertThat(school.does("curl", "-sS", "-m", "3", closed).exitCode())
            .as(closed)
            .isEqualTo(CURL_TIMED_OUT);
      }

      vm.pullCable("uplink");
      awaitTrouble(box, "no cable in the uplink eth1");
      school.moveTo("10.75.0"); // another school, by chance the room's own numbers
      vm.plugInCable("uplink");
      awaitTrouble(box, "overlaps the boot network");
      assertThat(lease(machine)).contains(FlashedBox.ADDRESS);

      vm.pullCable("uplink");
      awaitTrouble(box, "no cable in the uplink eth1");
      school.moveTo("10.78.0");
      vm.plugInCable("uplink");
      Peer.await(
          "machines reach the new network",
          PATIENCE,
          () -> fetched(machine, "10.78.0.1").startsWith("10.78.0."));
      Peer.await(
          "the box asks the resolver of the new network",
          PATIENCE,
          () -> resolved(machine, FlashedBox.ADDRESS).contains("10.78.0.80"));
      box.awaitStatus("nothing is wrong", PATIENCE, text -> text.contains("\"troubles\": []"));

      school.fallsSilent();
      assertThat(
              school.does("busybox", "udhcpc", "-i", "eth0", "-nq", "-s", "/bin/true").exitCode())
          .isNotZero();
      System.out.println("router: " + FlashedBox.memory(box.status().orElseThrow()));
    }
  }

  private static void awaitTrouble(FlashedBox box, String sentence) {
    box.awaitStatus("it says that " + sentence, PATIENCE, text -> text.contains(sentence));
  }

  private String lease(Network.Host machine) throws IOException {
    Path script = Files.writeString(work.resolve("lease"), LEASE_SCRIPT);
    assertThat(script.toFile().setExecutable(true)).isTrue();
    return Peer.run(
            machine.command(
                "busybox", "udhcpc", "-i", "eth0", "-nq", "-t", "10", "-s", script.toString()))
        .succeeded();
  }

  private static String resolved(Network.Host machine, String resolver) {
    return Peer.run(machine.command("busybox", "nslookup", "web.school.test", resolver)).output();
  }

  private static String fetched(Network.Host machine, String server) {
    return Peer.run(machine.command("curl", "-sS", "-m", "10", "http://" + server + "/cgi-bin/who"))
        .output();
  }

  /** A network with a server that gives addresses, names and pages. */
  private static final class School implements AutoCloseable {
    private final Path logs;
    private final Network network;
    private final Network.Host server;
    private Process names;
    private int moves;

    /** On .1 of its network; machines have .100 and those after it. */
    School(String prefix, Path logs) throws IOException {
      this.logs = logs;
      network = Network.open(logs);
      server = network.join("server");
      Path script = Files.createDirectories(logs.resolve("www/cgi-bin")).resolve("who");
      Files.writeString(script, WHO_ASKS);
      assertThat(script.toFile().setExecutable(true)).isTrue();
      Peer.start(
          logs.resolve("httpd.log"),
          server.command(
              "busybox", "httpd", "-f", "-p", "0.0.0.0:80", "-h", logs.resolve("www").toString()));
      names = serve(prefix);
    }

    /** Gets other numbers. */
    void moveTo(String prefix) throws IOException {
      fallsSilent();
      names = serve(prefix);
    }

    private Process serve(String prefix) throws IOException {
      does("ip", "address", "flush", "dev", "eth0").succeeded();
      does("ip", "address", "add", prefix + ".1/24", "dev", "eth0").succeeded();
      Path log = logs.resolve("dnsmasq-" + ++moves + ".log");
      Process serving =
          Peer.start(
              log,
              server.command(
                  DnsmasqResolver.command(
                          List.of(
                              "--interface=eth0",
                              "--address=/web.school.test/" + prefix + ".80",
                              "--dhcp-range=" + prefix + ".100," + prefix + ".150,5m",
                              "--dhcp-leasefile=" + logs.resolve("leases-" + moves)))
                      .toArray(String[]::new)));
      Peer.await(
          "dnsmasq listens",
          Duration.ofSeconds(30),
          () -> Files.readString(log).contains("DHCP, "));
      return serving;
    }

    /** Nobody gives addresses any more. */
    void fallsSilent() {
      Peer.stop(names);
    }

    Peer.Outcome does(String... words) {
      return Peer.run(server.command(words));
    }

    @Override
    public void close() {
      fallsSilent();
      network.close();
    }
  }
}
