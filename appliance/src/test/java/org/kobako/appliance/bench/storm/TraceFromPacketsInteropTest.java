package org.kobako.appliance.bench.storm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.appliance.box.Box;
import org.kobako.appliance.box.BoxConfig;
import org.kobako.appliance.box.Installation;
import org.kobako.block.format.StorePath;
import org.kobako.testing.Peer;
import org.kobako.testing.TestStore;

/** Packets by tcpdump, of curl. */
@Tag("interop")
class TraceFromPacketsInteropTest {
  /** Not the box's own address, at which its check reads blocks, too. */
  private static final String MACHINE = "127.0.1.1";

  @TempDir Path directory;

  @Test
  void whatCurlAsksForIsInTheTraceWithItsLengthsAndWaits() throws Exception {
    TestStore store = new TestStore(Files.createDirectories(directory.resolve("store")));
    String big = new StorePath.Block(store.put(new byte[900_000]).toHex()).relative();
    String small = new StorePath.Block(store.put(new byte[5000]).toHex()).relative();
    Files.createDirectories(store.root().resolve("boot"));
    Files.write(store.root().resolve("boot/kernel"), new byte[70_000]);
    Path pcap = directory.resolve("wire.pcap");
    int port;
    try (Box box =
        Box.start(
            BoxConfig.httpOnly(store.root(), InetAddress.getLoopbackAddress(), 0),
            Installation.NONE)) {
      String url = box.url();
      port = Integer.parseInt(url.replaceAll(".*:(\\d+)/?$", "$1"));
      Path said = directory.resolve("tcpdump.log");
      Process tcpdump =
          Peer.start(
              said,
              List.of(
                  "tcpdump",
                  "--immediate-mode",
                  "-Z",
                  "root",
                  "-Un",
                  "-s",
                  "420",
                  "-i",
                  "lo",
                  "-w",
                  pcap.toString(),
                  "tcp port " + port + " and host " + MACHINE));
      Peer.await(
          "tcpdump listens",
          Duration.ofSeconds(20),
          () -> Files.readString(said).contains("listening on"));
      Peer.run(
              "curl",
              "-sS",
              "--interface",
              MACHINE,
              "-o",
              "/dev/null",
              "-o",
              "/dev/null",
              "-o",
              "/dev/null",
              "-o",
              "/dev/null",
              url + "boot/kernel",
              url + big,
              url + "nothing",
              url + small)
          .succeeded();
      Thread.sleep(300);
      Peer.run("curl", "-sS", "--interface", MACHINE, "-o", "/dev/null", url + big).succeeded();
      Thread.sleep(200);
      Peer.stop(tcpdump);
    }

    BootTrace trace = TraceFromPackets.of(pcap, port, "curl");

    assertThat(trace.requests())
        .extracting(BootTrace.Request::asked)
        .containsExactly(
            new BootTrace.BootFile("boot/kernel"),
            new BootTrace.Block(0),
            new BootTrace.Block(1),
            new BootTrace.Block(0));
    assertThat(trace.requests())
        .extracting(BootTrace.Request::bytes)
        .containsExactly(70_000, 900_000, 5000, 900_000);
    assertThat(trace.requests())
        .extracting(BootTrace.Request::connection)
        .containsExactly(0, 0, 0, 1);
    assertThat(trace.requests())
        .extracting(BootTrace.Request::after)
        .containsExactly(BootTrace.NONE, 0, 1, 2);
    assertThat(trace.requests().getLast().thinkUs()).isBetween(300_000L, 20_000_000L);
  }

  @Test
  void whatIsNoCaptureIsRefused() throws Exception {
    Path text = Files.writeString(directory.resolve("text"), "GET / HTTP/1.1\n".repeat(10));
    assertThatThrownBy(() -> TraceFromPackets.of(text, 80, ""))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is no capture of Ethernet");
    Path empty = Files.createFile(directory.resolve("empty"));
    assertThatThrownBy(() -> TraceFromPackets.of(empty, 80, ""))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ends within its head");
  }
}
