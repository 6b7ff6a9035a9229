package org.kobako.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.testing.Peer;
import org.w3c.dom.Document;

/** Two boxes in network namespaces, one of which fails in each of the ways that boxes fail. */
@Tag("interop")
@Timeout(300)
class FailoverInteropTest {
  private static final List<String> FAULTS =
      List.of("cable", "kill", "frozen", "wrong-bytes", "slow-disk");

  @TempDir Path out;

  @Test
  void noFaultOfOneBoxIsAnErrorOrAWrongByteToAReader() throws Exception {
    String json =
        KobakoRun.of("bench", "failover", "--runs", "1", "--json", "--out", out).succeeded();
    // Times are the machine's, and a loaded one has long ones.
    String rows =
        FAULTS.stream()
            .map(fault ->
                """
                {"fault": "%s", "runs": 1, "max_stall_ms": N, "median_stall_ms": N, \
                "failback_ms": N, "io_errors": 0, "wrong_bytes": 0}\
                """
                    .formatted(fault))
            .collect(Collectors.joining(", ", "[", "]"));
    assertThat(json.strip().replaceAll("_ms\": \\d+", "_ms\": N")).isEqualTo(rows);
    assertThat(out.resolve("failover.json")).hasContent(json);
    Document picture =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(out.resolve("failover.svg").toFile());
    assertThat(picture.getDocumentElement().getTagName()).isEqualTo("svg");
    // Two boxes and the readers, for each fault.
    assertThat(picture.getElementsByTagName("polyline").getLength()).isEqualTo(3 * FAULTS.size());
    assertThat(Files.readString(out.resolve("failover.md")))
        .contains("| `cable` | 1 |", "(failover.svg)");
    assertThat(Peer.run("ip", "netns", "list").succeeded())
        .doesNotContain("kobako-" + ProcessHandle.current().pid() + "-");
  }
}
