package org.kobako.block.client.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kobako.testing.Peer;

@Tag("interop")
@Timeout(120)
class FuseReadBenchInteropTest {
  /** How fast is no matter here: that both serve the right bytes (it looks) and are gone after. */
  @Test
  void bothServersAreReadAndNothingStaysMounted(@TempDir Path scratch) throws Exception {
    FuseReadBench.Result result =
        new FuseReadBench(scratch, 8 << 20, 2, 2, 2, Duration.ofMillis(100)).run();
    assertThat(result.oursMbPerSecond()).isPositive();
    assertThat(result.peerMbPerSecond()).isPositive();
    assertThat(result.ratio()).isPositive();
    assertThat(Peer.run("cat", "/proc/self/mounts").succeeded()).doesNotContain(scratch.toString());
  }
}
