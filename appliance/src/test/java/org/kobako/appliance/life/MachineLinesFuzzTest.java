package org.kobako.appliance.life;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.time.Duration;
import org.kobako.packer.Retention.InUse;

class MachineLinesFuzzTest {
  /** A line that is not understood must not be a machine whose version is collected. */
  @FuzzTest(maxDuration = "30s")
  void everyLineOfWhatIsReadIsAMachine(FuzzedDataProvider data) {
    String text = data.consumeRemainingAsString();
    MachineLines.parse(text)
        .ifPresent(lines -> {
          assertThat(lines.inUse().stream().mapToInt(InUse::machines).sum())
              .isEqualTo((int) text.lines().count() - 1);
          assertThat(lines.inUse())
              .allSatisfy(use -> {
                assertThat(text).contains(" " + use.image() + " " + use.version() + " ");
                assertThat(use.ago()).isGreaterThanOrEqualTo(Duration.ZERO);
              });
          assertThat(lines.whyTooEarly(Duration.ZERO)).isEmpty();
        });
  }
}
