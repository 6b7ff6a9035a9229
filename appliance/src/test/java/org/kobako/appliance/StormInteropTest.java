package org.kobako.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.testing.Peer;

/** Real boxes, and nginx, in network namespaces, and machines that boot from them. */
@Tag("interop")
@Timeout(300)
class StormInteropTest {
  /** What the trace has takes 4.2 s at 100 Mbit/s. */
  private static final double LEAST_SECONDS = 4.2;

  private static final Pattern WORST =
      Pattern.compile(
          "\"worst-boot-(\\d)-machines-2-boxes\", \"ours\": ([0-9.]+), \"peer\": ([0-9.]+|null)");

  @TempDir Path out;

  @Test
  void twoMachinesBootFromTwoBoxesAsFastAsTheirLinksAre() throws Exception {
    String json =
        KobakoRun.of(
                "bench",
                "storm",
                "--machines",
                "1,2",
                "--boxes",
                "2",
                "--machine-speed",
                "1000",
                "--json",
                "--out",
                out)
            .succeeded();
    Matcher worst = WORST.matcher(json);
    for (String machines : new String[] {"1", "2"}) {
      assertThat(worst.find()).isTrue();
      assertThat(worst.group(1)).isEqualTo(machines);
      assertThat(Double.parseDouble(worst.group(2))).isGreaterThan(LEAST_SECONDS);
    }
    assertThat(Double.parseDouble(worst.group(3))).isGreaterThan(LEAST_SECONDS); // nginx
    assertThat(json).contains("\"client-beside-stand-ins\"", "\"model-error\"", " 0 asked again,");
    assertThat(out.resolve("storm.json")).hasContent(json);
    for (String picture : new String[] {"storm.svg", "storm-180.svg"}) {
      assertThat(
              DocumentBuilderFactory.newInstance()
                  .newDocumentBuilder()
                  .parse(out.resolve(picture).toFile())
                  .getElementsByTagName("polyline")
                  .getLength())
          .isPositive();
    }
    assertThat(Files.readString(out.resolve("storm.md")))
        .contains("| 2 | 2 |", "| 180 | 4 |", "| 10000 | 500 |", "(storm.svg)");
    assertThat(Peer.run("ip", "netns", "list").succeeded())
        .doesNotContain("kobako-" + ProcessHandle.current().pid() + "-");
  }

  @Test
  void whatIsForAnotherSuiteIsRefused() throws Exception {
    assertThat(KobakoRun.of("bench", "storm", "--fault", "kill").err())
        .contains("--fault is for failover");
    assertThat(KobakoRun.of("bench", "read", "--boxes", "2").err())
        .contains("--boxes is for storm");
    assertThat(KobakoRun.of("bench", "storm", "--machines", "1,x").err())
        .contains("is no whole number (1..1000)");
  }
}
