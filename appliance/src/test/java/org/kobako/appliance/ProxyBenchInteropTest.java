package org.kobako.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A box as a cache, nginx and squid in its place. */
@Tag("interop")
@Timeout(300)
class ProxyBenchInteropTest {
  private static final Pattern ROW =
      Pattern.compile("\"name\": \"([a-z-]+)\", \"ours\": ([0-9.]+), \"peer\": ([0-9.]+)");

  @TempDir Path out;

  @Test
  void aColdCacheAsksForTheBytesOfOneMachineHoweverManyThereAre() throws Exception {
    String json = KobakoRun.of("bench", "proxy", "--runs", "1", "--json", "--out", out).succeeded();
    Map<String, Double> ours = new HashMap<>();
    for (Matcher row = ROW.matcher(json); row.find(); ) {
      ours.put(row.group(1), Double.parseDouble(row.group(2)));
      assertThat(Double.parseDouble(row.group(3))).as(row.group(1)).isPositive();
    }
    assertThat(ours)
        .containsOnlyKeys(
            "miss-first-byte",
            "miss-first-byte-nginx",
            "miss-first-byte-squid",
            "cold-storm-upstream-nginx",
            "cold-storm-upstream-squid",
            "hit-throughput-nginx",
            "hit-throughput-squid",
            "hit-cpu-nginx",
            "hit-cpu-squid");
    assertThat(ours.get("cold-storm-upstream-nginx")).isBetween(0.999, 1.02);
    assertThat(out.resolve("proxy.json")).hasContent(json);
  }
}
