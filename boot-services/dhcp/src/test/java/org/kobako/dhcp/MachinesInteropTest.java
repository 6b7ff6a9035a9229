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
    String leaseFile = directory.resolve("dhclient.leases").toString();
    String pidFile = directory.resolve("dhclient.pid").toString();
    try (BoxProcess running = startBox()) {
      running.awaitLog("gives addresses");
      List<String> dhclient =
          List.of("dhclient", "-v", "-lf", leaseFile, "-pf", pidFile, "-sf", "/bin/true");
      assertThat(with(machine, dhclient, "-1", "eth0")).contains("bound to 10.77.0.100");
      machine.address("10.77.0.100/24");
      Peer.run("kill", Files.readString(Path.of(pidFile)).strip());
      assertThat(with(machine, dhclient, "-1", "eth0"))
          .contains("DHCPREQUEST for 10.77.0.100", "bound to 10.77.0.100")
          .doesNotContain("DHCPDISCOVER");
      with(machine, dhclient, "-r", "eth0");
      Peer.await(
          "the address is released",
          Duration.ofSeconds(5),
          () -> Files.readString(directory.resolve("leases")).contains("released 10.77.0.100"));
    }
  }

  @Test
  void dhcpcdGetsAnAddress() throws IOException {
    Segment.Host machine = segment.machine();
    try (BoxProcess running = startBox()) {
      running.awaitLog("gives addresses");
      String said =
          with(
              machine,
              List.of("dhcpcd", "-4", "-1", "-B", "-L", "-t", "15", "-c", "/bin/true"),
              "eth0");

      assertThat(said).contains("leased 10.77.0.100 for 3600 seconds");
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
      assertThat(second.log()).contains("cannot take UDP port 67", "Address already in use");
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

  private static String with(Segment.Host machine, List<String> command, String... more) {
    List<String> words = new ArrayList<>(command);
    words.addAll(List.of(more));
    return machine.run(words.toArray(String[]::new)).output();
  }
}
