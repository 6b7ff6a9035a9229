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

/** A box beside dnsmasq, behind relay agents, and beside another box. */
@Tag("interop")
class OtherServersInteropTest {
  @TempDir Path directory;

  private final Segment segment = new Segment();
  private final Segment.Host box = segment.host("10.77.0.1/24");
  private final List<Process> peers = new ArrayList<>();

  @AfterEach
  void takeDown() {
    peers.forEach(Peer::stop);
    segment.close();
  }

  @Test
  void withNobodyElseAutoGivesAddresses() throws IOException {
    Segment.Host machine = segment.machine();
    try (BoxProcess running = startBox(box, "mode=auto")) {
      running.awaitLog("gives addresses and boot files on eth0 (10.77.0.1), because nobody else");

      assertThat(udhcpc(machine)).contains("ip=10.77.0.100");
    }
  }

  @Test
  void besideDnsmasqAutoGivesBootFilesOnly() throws IOException {
    startDnsmasq();
    Segment.Host machine = segment.machine();
    try (BoxProcess running = startBox(box, "mode=auto")) {
      running.awaitLog("gives boot files and no addresses on eth0 (10.77.0.1), because 10.77.0.9");

      assertThat(udhcpc(machine)).contains("serverid=10.77.0.9");
      machine.address("10.77.0.60/24");
      machine.run("ip", "route", "add", "default", "dev", "eth0").succeeded();
      assertThat(discover(machine, "ovmf-pxe"))
          .contains(
              "from 10.77.0.1:67 type 2 address 0.0.0.0 class PXEClient options-43"
                  + "  file ipxe/ipxe-amd64.efi")
          .anyMatch(reply -> reply.startsWith("from 10.77.0.9:67 type 2 address 10.77.0.2"));
      assertThat(discover(machine, "ovmf-http"))
          .contains(
              "from 10.77.0.1:67 type 2 address 0.0.0.0 class HTTPClient options-43"
                  + "  file http://10.77.0.1:8080/boot/ipxe/ipxe-amd64.efi");
    }
  }

  @Test
  void ofTwoBoxesThatLookAtTheSameTimeOneGivesAddresses() throws IOException {
    Segment.Host second = segment.host("10.77.0.2/24");
    Segment.Host machine = segment.machine();
    try (BoxProcess one = startBox(box, "mode=auto");
        BoxProcess two = startBox(second, "mode=auto")) {
      one.awaitLog("gives addresses and boot files on eth0 (10.77.0.1), because nobody else");
      two.awaitLog("gives boot files and no addresses on eth0 (10.77.0.2), because 10.77.0.1");

      assertThat(udhcpc(machine)).contains("serverid=10.77.0.1");
    }
  }

  @Test
  void aServerThatComesLaterIsLeftTheAddresses() throws IOException {
    try (BoxProcess running = startBox(box, "mode=auto")) {
      running.awaitLog("gives addresses and boot files on eth0 (10.77.0.1), because nobody else");
      startDnsmasq();
      running.awaitLog("gives boot files and no addresses on eth0 (10.77.0.1), because 10.77.0.9");
    }
  }

  /** As when the cable between two rooms is plugged in. */
  @Test
  void ofTwoBoxesThatGiveAddressesTheOneWithTheLowerGoesOn() throws IOException {
    Segment.Host second = segment.host("10.77.0.2/24");
    try (BoxProcess two = startBox(second, "mode=auto")) {
      two.awaitLog("gives addresses and boot files on eth0 (10.77.0.2), because nobody else");
      second.run("ip", "link", "set", "eth0", "down").succeeded();
      try (BoxProcess one = startBox(box, "mode=auto")) {
        one.awaitLog("gives addresses and boot files on eth0 (10.77.0.1), because nobody else");
        second.run("ip", "link", "set", "eth0", "up").succeeded();
        two.awaitLog("gives boot files and no addresses on eth0 (10.77.0.2), because 10.77.0.1");
      }
    }
  }

  @Test
  void besideABoxThatServesAutoGivesBootFilesOnly() throws IOException {
    Segment.Host second = segment.host("10.77.0.2/24");
    try (BoxProcess two = startBox(second, "mode=auto")) {
      two.awaitLog("gives addresses and boot files on eth0 (10.77.0.2), because nobody else");
      try (BoxProcess one = startBox(box, "mode=auto")) {
        one.awaitLog("gives boot files and no addresses on eth0 (10.77.0.1), because 10.77.0.2");
      }
    }
  }

  @Test
  void onPort4011AProxyAnswersTheMachineAlone() throws IOException {
    Segment.Host machine = segment.host("10.77.0.60/24");
    byte[] binl =
        RequestBuilder.request(machine.mac())
            .machineAddress("10.77.0.60")
            .option(60, "PXEClient:Arch:00000:UNDI:002001")
            .bytes();
    try (BoxProcess running = startBox(box, "mode=proxy")) {
      running.awaitLog("gives boot files and no addresses");

      assertThat(PacketSender.send(machine, binl, "10.77.0.1", 4011))
          .containsExactly(
              "from 10.77.0.1:4011 type 5 address 0.0.0.0 class PXEClient options-43 060108ff"
                  + " file ipxe/undionly.kpxe");
    }
  }

  @Test
  void behindDhcrelayTheSubnetOfTheRelayIsServed() throws IOException {
    assertServedBehind("dhcrelay", "-4", "-d", "-a", "-iu", "eth0", "-id", "eth1", "10.77.0.1");
  }

  @Test
  void behindDnsmasqAsRelayTheSubnetOfTheRelayIsServed() throws IOException {
    assertServedBehind(
        "dnsmasq",
        "--no-daemon",
        "--port=0",
        "--conf-file=/dev/null",
        "--user=root",
        "--pid-file=",
        "--dhcp-relay=192.168.9.1,10.77.0.1");
  }

  private void assertServedBehind(String... relay) throws IOException {
    Segment.Host agent = segment.host("10.77.0.2/24");
    try (Segment behind = new Segment()) {
      behind.plug(agent, "eth1", "192.168.9.1/24");
      agent.run("sysctl", "-q", "net.ipv4.ip_forward=1").succeeded();
      box.run("ip", "route", "add", "192.168.9.0/24", "via", "10.77.0.2").succeeded();
      Segment.Host machine = behind.machine();
      try (BoxProcess running =
          startBox(box, "relayed=192.168.9.0/24 192.168.9.100-192.168.9.199")) {
        running.awaitLog("gives addresses");
        startPeer(agent, relay);

        assertThat(udhcpc(machine)).contains("ip=192.168.9.100", "serverid=10.77.0.1");
      }
    }
  }

  @Test
  void twoBoxesShareTheMachinesAndOneCoversForTheOther() throws Exception {
    Segment.Host partner = segment.host("10.77.0.2/24");
    List<Segment.Host> machines = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      machines.add(segment.machine());
    }
    try (BoxProcess one = startBox(box, "box=1", "boxes=2");
        BoxProcess two = startBox(partner, "box=2", "boxes=2")) {
      one.awaitLog("gives addresses");
      two.awaitLog("gives addresses");
      List<String> addresses = new ArrayList<>();
      for (Segment.Host machine : machines) {
        addresses.add(addressIn(udhcpc(machine)));
      }
      assertThat(addresses).doesNotHaveDuplicates().doesNotContain("");

      one.crash();

      for (Segment.Host machine : machines) {
        addresses.add(addressIn(udhcpc(machine)));
      }
      assertThat(addresses.subList(8, 16)).doesNotHaveDuplicates().doesNotContain("");
      assertThat(addresses.subList(8, 16))
          .allMatch(address -> address.compareTo("10.77.0.150") >= 0);
    }
  }

  private void startDnsmasq() throws IOException {
    Segment.Host other = segment.host("10.77.0.9/24");
    startPeer(
        other,
        "dnsmasq",
        "--no-daemon",
        "--port=0",
        "--conf-file=/dev/null",
        "--user=root",
        "--pid-file=",
        "--dhcp-authoritative",
        "--no-ping",
        "--dhcp-leasefile=" + directory.resolve("dnsmasq.leases"),
        "--dhcp-range=10.77.0.200,10.77.0.250,1h");
  }

  private void startPeer(Segment.Host host, String... command) throws IOException {
    Path log = Files.createTempFile(directory, "peer", ".log");
    peers.add(Peer.start(log, host.command(command)));
    Peer.await(
        command[0] + " serves",
        Duration.ofSeconds(10),
        () -> host.run("cat", "/proc/net/udp").output().contains(":0043 "));
  }

  private BoxProcess startBox(Segment.Host host, String... more) throws IOException {
    List<String> options =
        new ArrayList<>(
            List.of(
                "pool=10.77.0.100-10.77.0.199",
                "lease-file=" + directory.resolve("leases-" + host.namespace())));
    options.addAll(List.of(more));
    return BoxProcess.start(
        host, Files.createTempFile(directory, "box", ".log"), options.toArray(String[]::new));
  }

  private static List<String> discover(Segment.Host machine, String capture) {
    return PacketSender.send(
        machine, RequestBuilder.captured(capture + "-discover"), "255.255.255.255", 67);
  }

  private String udhcpc(Segment.Host machine) throws IOException {
    return Udhcpc.run(machine, directory);
  }

  private static String addressIn(String said) {
    return said.lines()
        .filter(line -> line.startsWith("ip="))
        .map(line -> line.substring("ip=".length()))
        .findFirst()
        .orElse("");
  }
}
