package org.kobako.appliance.bench.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.appliance.child.Tool;
import org.kobako.testing.Peer;

/** Real namespaces. */
@Tag("interop")
@Timeout(60)
class NetworkInteropTest {
  @TempDir Path temp;

  @Test
  void whatAKilledBenchLeftIsRemovedWithItsProcesses() throws Exception {
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    String stale = "kobako-" + gone.pid() + "-box1";
    Peer.run("ip", "netns", "add", stale).succeeded();
    Process left =
        Peer.start(
            temp.resolve("left"), List.of("nsenter", "--net=/run/netns/" + stale, "sleep", "1000"));
    Peer.await(
        "the process is inside",
        Duration.ofSeconds(10),
        () -> Peer.run("ip", "netns", "pids", stale).output().contains("" + left.pid()));
    try (Network network = Network.open()) {
      network.join("machine", "10.75.1.100");
      assertThat(Tool.run("ip", "netns", "list"))
          .doesNotContain(stale)
          .contains("kobako-" + ProcessHandle.current().pid() + "-machine");
      assertThat(left.waitFor()).isNotZero();
    }
    assertThat(Tool.run("ip", "netns", "list"))
        .doesNotContain("kobako-" + ProcessHandle.current().pid() + "-");
  }

  @Test
  void withoutItsCableAHostHearsNothingAndWithItAgain() throws Exception {
    try (Network network = Network.open()) {
      Network.Host box = network.join("box1", "10.75.1.1");
      Network.Host machine = network.join("machine", "10.75.1.100");
      assertThat(pings(machine)).isTrue();
      box.pullCable();
      assertThat(pings(machine)).isFalse();
      box.plugCable();
      assertThat(pings(machine)).isTrue();
    }
  }

  private static boolean pings(Network.Host from) {
    List<String> ping = List.of("busybox", "ping", "-c", "1", "-W", "2", "10.75.1.1");
    return Peer.run(Stream.concat(from.prefix().stream(), ping.stream()).toList()).exitCode() == 0;
  }
}
