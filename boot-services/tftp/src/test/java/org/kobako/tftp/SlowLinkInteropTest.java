package org.kobako.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.testing.Peer;

/** A link so slow that our socket takes no more: a window of large packets does not fit into it. */
@Tag("interop")
class SlowLinkInteropTest {
  private static final String MACHINE = "kobako-tftp";
  private static final String LINK = "kobako-tftp0";
  private static final String OUR_ADDRESS = "10.69.69.1";

  @TempDir Path directory;

  private TestBox box;

  @BeforeEach
  void layTheLink() throws Exception {
    run("ip netns add " + MACHINE);
    run("ip link add " + LINK + " type veth peer name eth0 netns " + MACHINE);
    run("ip address add " + OUR_ADDRESS + "/24 dev " + LINK);
    run("ip link set " + LINK + " up");
    run("ip -n " + MACHINE + " address add 10.69.69.2/24 dev eth0");
    run("ip -n " + MACHINE + " link set eth0 up");
    run("tc qdisc add dev " + LINK + " root tbf rate 200mbit burst 64k limit 8m");
    box = new TestBox(directory, TestBox.configAt(InetAddress.getByName(OUR_ADDRESS)));
  }

  @AfterEach
  void takeTheLinkAway() {
    if (box != null) {
      box.close();
    }
    Peer.run("ip", "netns", "delete", MACHINE);
    Peer.run("ip", "link", "delete", LINK);
  }

  private static void run(String command) {
    Peer.run(List.of(command.split(" "))).succeeded();
  }

  @Test
  void aWindowThatDoesNotFitIntoTheSocketIsSentInParts() throws Exception {
    byte[] bytes = box.files().make("initrd", 4_000_000);
    Path out = directory.resolve("out");
    Peer.run(
            "ip",
            "netns",
            "exec",
            MACHINE,
            "atftp",
            "--option",
            "blksize 16384",
            "--option",
            "windowsize 64",
            "--get",
            "-r",
            "initrd",
            "-l",
            out.toString(),
            OUR_ADDRESS,
            String.valueOf(box.port()))
        .succeeded();
    assertThat(out).hasBinaryContent(bytes);
  }
}
