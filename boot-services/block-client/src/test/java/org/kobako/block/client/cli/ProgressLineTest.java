package org.kobako.block.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private static final long MIB = 1 << 20;
  private static final long SECOND_NS = 1_000_000_000L;

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private long nowNs;

  private ProgressLine line(boolean interactive) {
    return new ProgressLine(
        new PrintStream(err, true, StandardCharsets.UTF_8), interactive, () -> nowNs);
  }

  private String written() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void pipeSeesNothing() {
    try (ProgressLine line = line(false)) {
      line.step("packing", MIB, 2 * MIB);
    }
    assertThat(written()).isEmpty();
  }

  @Test
  void lineTellsPercentageRateAndTimeLeft() {
    ProgressLine line = line(true);
    line.step("packing", 0, 1000 * MIB);
    nowNs = 2 * SECOND_NS;
    line.step("packing", 250 * MIB, 1000 * MIB);

    assertThat(written()).endsWith("\r\u001b[Kpacking  25 % of 1.0G  125 MB/s  0:06 left");
  }

  @Test
  void unknownTotalShowsWhatIsDone() {
    line(true).step("reading", 3 * MIB, 0);

    assertThat(written()).endsWith("reading  3.0M");
  }

  @Test
  void lineIsWrittenTenTimesASecondAtMost() {
    ProgressLine line = line(true);
    for (int i = 0; i < 1000; i++) {
      nowNs += SECOND_NS / 1000;
      line.step("packing", i, 1000);
    }
    assertThat(written().chars().filter(c -> c == '\r').count()).isBetween(9L, 11L);
  }

  @Test
  void nextStepIsShownAtOnce() {
    ProgressLine line = line(true);
    line.step("packing", 5, 10);
    line.step("syncing", 0, 10);

    assertThat(written()).contains("syncing");
  }

  @Test
  void closedLineLeavesTheTerminalClean() {
    ProgressLine line = line(true);
    line.step("packing", 5, 10);
    line.close();
    line.close();

    assertThat(written()).endsWith("10\r\u001b[K");
  }
}
