package org.kobako.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kobako.testing.Peer;
import org.kobako.testing.Segment;
import org.kobako.testing.TestDisk;
import org.kobako.testing.TestStore;

/** One {@code kobako serve} on a network of its own, as a machine there sees it; as root. */
@Tag("interop")
@Timeout(120)
class NetbootInteropTest {
  private final Segment segment = new Segment();
  private final Segment.Host box = segment.host("10.77.0.1/24");
  private final Segment.Host machine = segment.machine();
  private Path work;

  @BeforeEach
  void makeTheRoom() throws IOException {
    work = Files.createTempDirectory(Path.of("/var/tmp"), "kobako-test");
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
    TestStore store = new TestStore(work.resolve("store"));
    store.add("debian", 1, TestDisk.mixed(3 << 16, 1 << 16, 1));
    Files.createDirectories(work.resolve("store/boot/amd64"));
    Files.writeString(work.resolve("store/boot/amd64/vmlinuz"), "kernel");
    Files.writeString(
        work.resolve("kobako.toml"),
        """
        store = "store"
        state = "state"
        [dhcp]
        mode = "server"
        pool = "10.77.0.100-10.77.0.199"
        domain = "room.example"
        [[machine]]
        mac = "52:54:00:12:34:56"
        name = "kiosk-1"
        address = "10.77.0.20"
        command-line = "quiet"
        """);
    machine.setMac("52:54:00:12:34:56");
  }

  @AfterEach
  void pullItOut() {
    segment.close();
    Peer.run("rm", "-r", work.toString()).succeeded();
  }

  @Test
  void aMachineGetsItsAddressItsScriptAndItsKernelAndTheBoxIsNobody() throws IOException {
    Path output = work.resolve("serve.log");
    Process serve = Children.serve(box, output, work.resolve("kobako.toml"));
    try {
      Peer.await(
          "the box boots machines",
          Duration.ofSeconds(60),
          () -> Files.readString(output).contains("boots machines on eth0 10.77.0.1/24"));
      String lease = dhcp();
      assertThat(lease)
          .contains("ip=10.77.0.20")
          .contains("hostname=kiosk-1")
          .contains("domain=room.example");
      machine.address("10.77.0.20/24");
      assertThat(curl("tftp://10.77.0.1/amd64/vmlinuz")).isEqualTo("kernel");
      assertThat(curl("http://10.77.0.1:8080/boot/machines/52-54-00-12-34-56/amd64/boot.ipxe"))
          .startsWith("#!ipxe")
          .contains("kernel http://10.77.0.1:8080/boot/amd64/vmlinuz ")
          .contains("kobako.image=debian")
          .contains(" quiet ||");
      assertThat(curl("http://10.77.0.1:8080/boot/amd64/vmlinuz")).isEqualTo("kernel");
      assertThat(curl("http://10.77.0.1:8080/images/debian/current")).isEqualTo("1\n");
      assertThat(Files.getOwner(Path.of("/proc/" + serve.pid()))).hasToString("nobody");
    } finally {
      Peer.stop(serve);
    }
  }

  @Test
  void everyServiceAnswersTheBoxsOwnCheckAndTheConfigIsKeptByNobody() throws IOException {
    Path output = work.resolve("serve.log");
    Path kept = work.resolve("data/kobako.toml");
    Process serve =
        Peer.start(
            output,
            box.command(
                Children.command(
                    "serve",
                    "--config",
                    work.resolve("kobako.toml").toString(),
                    "--last-good",
                    kept.toString())));
    try {
      Peer.await("it is kept", Duration.ofSeconds(60), () -> Files.exists(kept));
      machine.address("10.77.0.20/24");
      assertThat(curl("http://10.77.0.1:8080/status"))
          .contains("\"sound\": true")
          .contains("{\"name\": \"http\", \"state\": \"answering\"}")
          .contains("{\"name\": \"tftp\", \"state\": \"answering\"}")
          .contains("{\"name\": \"dhcp\", \"state\": \"answering\"}");
      assertThat(Files.getOwner(kept)).hasToString("nobody");
      assertThat(Files.readString(output)).doesNotContain("self-check", "WARN");
    } finally {
      Peer.stop(serve);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "dhcp.pool = '10.78.0.100-10.78.0.199' | pool",
        "dhcp.mode = 'server' ; tftp.first-transfer-port = 60 | first-transfer-port",
        "machine = [{mac = '52:54:00:12:34:56', address = '10.99.0.1'}] | 10.99.0.1",
        "user = 'nobody-we-know' | there is no user nobody-we-know",
        "network.interface = 'eth7' | interface eth7 is not up",
      })
  void aConfigThatDoesNotFitTheNetworkIsOneSentence(String toml, String words) throws IOException {
    Path config = work.resolve("bad.toml");
    Files.writeString(
        config, "store = 'store'\nstate = 'state'\n" + toml.replace(';', '\n') + "\n");

    Peer.Outcome serve =
        Peer.run(box.command(Children.command("serve", "--config", config.toString())));

    assertThat(serve.exitCode()).isEqualTo(1);
    assertThat(serve.output().lines()).singleElement().asString().contains("kobako serve: ", words);
  }

  @Test
  void anotherDhcpServersPortIsNamedAndWhoIsToEndIt() throws IOException {
    Path output = work.resolve("dnsmasq.log");
    Process dnsmasq =
        Peer.start(
            output,
            box.command(
                List.of(
                    "dnsmasq",
                    "--no-daemon",
                    "--port=0",
                    "--log-dhcp",
                    "--conf-file=/dev/null",
                    "--dhcp-range=10.77.0.50,10.77.0.60",
                    "--dhcp-leasefile=" + work.resolve("dnsmasq.leases"))));
    try {
      Peer.await(
          "dnsmasq has its port",
          Duration.ofSeconds(20),
          () -> Files.readString(output).contains("IP range"));
      Peer.Outcome serve =
          Peer.run(
              box.command(
                  Children.command("serve", "--config", work.resolve("kobako.toml").toString())));

      assertThat(serve.exitCode()).isEqualTo(1);
      assertThat(serve.output())
          .isEqualTo(
              "kobako serve: the box cannot boot machines: dhcp: UDP port 67 is in use: stop the DHCP"
                  + " server that has it (ss -ulpn names it)\n");
    } finally {
      Peer.stop(dnsmasq);
    }
  }

  /** What udhcpc hands its script, as the script prints it. */
  private String dhcp() throws IOException {
    Path script = work.resolve("print-lease");
    Files.writeString(script, "#!/bin/sh\n[ \"$1\" = bound ] && env\nexit 0\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return machine
        .run("busybox", "udhcpc", "-i", "eth0", "-n", "-q", "-f", "-s", script.toString())
        .succeeded();
  }

  private String curl(String url) {
    return machine.run("curl", "--silent", "--show-error", "--fail", url).succeeded();
  }
}
