package org.kobako.appliance.bench.failover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.kobako.appliance.bench.failover.FaultResult.Play;

class FaultResultTest {
  @Test
  void rowsHaveTheMostAndTheMiddleOfAllRuns() {
    assertThat(FailoverReport.json(List.of(ofStalls(900, 100, 300))))
        .isEqualTo(
            "[{\"fault\": \"frozen\", \"runs\": 3, \"max_stall_ms\": 900, \"median_stall_ms\": 300,"
                + " \"failback_ms\": 600, \"io_errors\": 1, \"wrong_bytes\": 2}]");
  }

  @Test
  void theMedianOfAnEvenNumberLiesBetweenTheTwoInTheMiddle() {
    assertThat(ofStalls(900, 100, 300, 500).medianStallMs()).isEqualTo(400);
  }

  /** Each fail-back takes twice the stall. */
  private static FaultResult ofStalls(long... stallsMs) {
    List<Play> plays = new ArrayList<>();
    for (long stallMs : stallsMs) {
      long stallNs = TimeUnit.MILLISECONDS.toNanos(stallMs);
      plays.add(new Play(0, 0, 0, 0, stallNs, stallNs, 2 * stallNs));
    }
    return new FaultResult(Fault.FROZEN, plays, List.of(), 1, 2);
  }
}
