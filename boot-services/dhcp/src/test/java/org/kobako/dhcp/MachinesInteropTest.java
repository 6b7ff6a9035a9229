package org.kobako.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.testing.Peer;
import org.kobako.testing.Segment;

/** Real DHCP clients against a real box, in network namespaces. */
@Tag("interop")
class MachinesInteropTest {
  @TempDir Path directory;

  private final Segment segment = new Segment();
  private final Segment.Host box = segment.host("10.77.0.1/24");

  @AfterEach
  void takeDown() {
    segment.close();
  }

  @Test
  void udhcpcGetsAnAddress() throws IOException {
    Segment.Host machine = segment.machine();
    try (BoxProcess running = startBox()) {
      running.awaitLog("gives addresses");
      String said = udhcpc(machine);

      assertThat(said)
          .contains("ip=10.77.0.100", "subnet=255.255.255.0", "router=10.77.0.254")
          .contains("dns=10.77.0.253", "domain=kobako.test", "lease=3600", "serverid=10.77.0.1");
    }
    assertThat(Files.readString(directory.resolve("leases")))
        .contains("bound 10.77.0.100 " + machine.mac());
  }

  @Test
  void dhclientGetsAnAddressKeepsItAndGivesItBack() throws IOException {
    Segment.Host machine = segment.machine();
    try (BoxProcess running = startBox()) {
      running.awaitLog("gives addresses");
      assertThat(dhclient(machine)).contains("DHCPDISCOVER", "bound to 10.77.0.100");
      machine.address("10.77.0.100/24");
      assertThat(dhclient(machine))
          .contains("DHCPREQUEST for 10.77.0.100", "bound to 10.77.0.100")
          .doesNotContain("DHCPDISCOVER");
      machine.run("dhclient", "-v", "-lf", leaseFile(), "-sf", "/bin/true", "-r", "eth0");
      Peer.await(
          "the address is released",
          Duration.ofSeconds(20),
          () -> Files.readString(directory.resolve("leases")).contains("released 10.77.0.100"));
    }
  }

  /** Runs dhclient until it has an address; it remembers that for the next time. */
  private String dhclient(Segment.Host machine) throws IOException {
    Path log = Files.createTempFile(directory, "dhclient", ".log");
    Process process =
        Peer.start(
            log,
            machine.command(
                "dhclient", "-d", "-v", "-lf", leaseFile(), "-sf", "/bin/true", "eth0"));
    try {
      Peer.await(
          "dhclient has an address",
          Duration.ofSeconds(30),
          () -> Files.readString(log).contains("bound to"));
    } finally {
      Peer.stop(process);
    }
    return Files.readString(log);
  }

  private String leaseFile() {
    return directory.resolve("dhclient.leases").toString();
  }

  @Test
  void dhcpcdGetsAnAddress() throws IOException {
    Segment.Host machine = segment.machine();
    try (BoxProcess running = startBox()) {
      running.awaitLog("gives addresses");
      // What it remembers of other runs is out of its sight: the namespace has mounts of its own.
      Peer.Outcome dhcpcd =
          machine.run(
              "sh",
              "-c",
              "mount -t tmpfs none /var/lib/dhcpcd && mount -t tmpfs none /run"
                  + " && exec dhcpcd -4 -1 -B -L -t 15 -c /bin/true eth0");

      assertThat(dhcpcd.output()).contains("leased 10.77.0.100 for 3600 seconds");
    }
  }

  @Test
  void anAddressThatSomebodyUsesIsFoundInTime() throws IOException {
    segment.host("10.77.0.100/24");
    Segment.Host machine = segment.machine();
    try (BoxProcess running = startBox()) {
      running.awaitLog("10.77.0.100 is in the pool and");

      assertThat(udhcpc(machine)).contains("ip=10.77.0.101");
    }
  }

  @Test
  void aBoxThatIsKilledRemembersItsLeases() throws Exception {
    Segment.Host first = segment.machine();
    Segment.Host second = segment.machine();
    try (BoxProcess running = startBox()) {
      running.awaitLog("gives addresses");
      assertThat(udhcpc(first)).contains("ip=10.77.0.100");
      running.crash();
    }
    try (BoxProcess running = startBox()) {
      running.awaitLog("gives addresses");
      assertThat(udhcpc(second)).contains("ip=10.77.0.101");
      assertThat(udhcpc(first)).contains("ip=10.77.0.100");
    }
  }

  @Test
  void aPortThatIsTakenIsRefusedAtStart() throws Exception {
    try (BoxProcess running = startBox()) {
      running.awaitLog("gives addresses");
      BoxProcess second = startBox();

      assertThat(second.exitCode()).isEqualTo(1);
      assertThat(second.log()).contains("UDP port 67 is in use: stop the DHCP server that has it");
    }
  }

  @Test
  void aRouterDoesNotAnswerOnItsUplink() throws IOException {
    try (Segment uplink = new Segment()) {
      uplink.plug(box, "eth1", "192.168.7.1/24");
      Segment.Host stranger = uplink.machine();
      Segment.Host machine = segment.machine();
      try (BoxProcess running = startBox("interface=eth0")) {
        running.awaitLog("gives addresses");

        assertThat(udhcpc(stranger)).contains("no lease");
        assertThat(udhcpc(machine)).contains("ip=10.77.0.100");
      }
    }
  }

  @Test
  void onEachInterfaceItsOwnSubnetIsServed() throws IOException {
    try (Segment other = new Segment()) {
      other.plug(box, "eth1", "192.168.7.1/24");
      Segment.Host there = other.machine();
      Segment.Host here = segment.machine();
      try (BoxProcess running = startBox()) {
        running.awaitLog("gives addresses and boot files on eth0");
        running.awaitLog("gives addresses and boot files on eth1");

        assertThat(udhcpc(there)).contains("ip=192.168.7.128", "serverid=192.168.7.1");
        assertThat(udhcpc(here)).contains("ip=10.77.0.100", "serverid=10.77.0.1");
      }
    }
  }

  private BoxProcess startBox(String... more) throws IOException {
    List<String> options =
        new ArrayList<>(
            List.of("pool=10.77.0.100-10.77.0.199", "lease-file=" + directory.resolve("leases")));
    options.addAll(List.of(more));
    return BoxProcess.start(
        box, Files.createTempFile(directory, "box", ".log"), options.toArray(String[]::new));
  }

  private String udhcpc(Segment.Host machine) throws IOException {
    return Udhcpc.run(machine, directory);
  }
}
