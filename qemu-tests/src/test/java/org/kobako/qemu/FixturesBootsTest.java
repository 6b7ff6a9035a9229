package org.kobako.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kobako.testing.Peer;

/** The fixtures against somebody else's server: a machine boots, a pulled plug is felt. */
@Tag("interop")
@Timeout(300)
class FixturesBootsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @Test
  void aMachinesRomDoesWhatTheNetworkTellsIt() throws Exception {
    Path logs = Logs.of("rom-and-dnsmasq");
    // The nonce stands in a file that only TFTP brings to the machine.
    String nonce = UUID.randomUUID().toString();
    String mac = Vm.newMac();
    Path files = Files.createDirectory(logs.resolve("files"));
    Files.writeString(
        files.resolve("boot.ipxe"), "#!ipxe\necho nonce " + nonce + "\nsleep 1\nreboot\n");
    try (Network network = Network.open(logs)) {
      Network.Host server = network.join("server", "10.77.0.1/24");
      Process dnsmasq =
          Dnsmasq.start(
              server, logs, "--enable-tftp", "--tftp-root=" + files, "--dhcp-boot=boot.ipxe");
      try (Vm vm = Vm.powerOn(Hardware.X86_BIOS, mac, 128, network.tap(), logs)) {
        vm.console().await("nonce " + nonce, PATIENCE);
        vm.awaitPowerOff(PATIENCE);
      } finally {
        Peer.stop(dnsmasq);
      }
    }
    assertThat(Peer.run("tcpdump", "-nr", logs.resolve("wire.pcap").toString()).succeeded())
        .contains("BOOTP/DHCP, Request from " + mac, "RRQ \"boot.ipxe\"");
  }

  @Test
  void aPulledPlugSilencesAComputerUntilItIsPutBack() throws Exception {
    try (Network network = Network.open(Logs.of("pulled-plug"))) {
      Network.Host box = network.join("box", "10.77.0.1/24");
      Network.Host other = network.join("other", "10.77.0.2/24");
      Peer.await("the box answers", PATIENCE, () -> hears(other));
      box.plug().pull();
      assertThat(hears(other)).isFalse();
      box.plug().putBack();
      Peer.await("the box answers again", PATIENCE, () -> hears(other));
    }
  }

  private static boolean hears(Network.Host other) {
    return Peer.run(other.command("busybox", "ping", "-c", "1", "-W", "1", "10.77.0.1")).exitCode()
        == 0;
  }

  @Test
  void aKilledRunsNamespaceIsRemovedWithWhatRunsInIt() throws Exception {
    Process owner = Peer.start(Path.of("/dev/null"), List.of("sleep", "600"));
    String namespace = "kobako-" + owner.pid() + "-1-wire";
    Peer.run("ip", "netns", "add", namespace).succeeded();
    Process inside =
        Peer.start(Path.of("/dev/null"), Network.inside(namespace, List.of("sleep", "600")));
    Network.open(Logs.of("stale-1")).close();
    assertThat(inside.isAlive()).isTrue();
    owner.destroyForcibly().waitFor();
    Network.open(Logs.of("stale-2")).close();
    assertThat(inside.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(Peer.run("ip", "netns", "list").succeeded()).doesNotContain(namespace);
  }
}
