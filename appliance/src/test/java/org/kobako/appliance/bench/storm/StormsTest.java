package org.kobako.appliance.bench.storm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kobako.appliance.bench.BenchRow;

class StormsTest {
  private static final BootTrace TRACE =
      new BootTrace(
          "",
          List.of(
              new BootTrace.Request(
                  0, BootTrace.NONE, 1_000_000, 12_000_000, new BootTrace.BootFile("boot/x"))));

  /** A second, and one more for each machine of a box. */
  private static StormPoint point(int machines, int boxes) {
    long bootUs = 1_000_000 + 1_000_000L * machines / boxes;
    StormPoint.Machine machine = new StormPoint.Machine("m", bootUs, 12_000_000, 0, "");
    return new StormPoint("kobako", boxes, Collections.nCopies(machines, machine), 0.01, 0.5);
  }

  private static Storms storms() {
    List<StormPoint> points = new ArrayList<>();
    for (int boxes : new int[] {1, 4}) {
      for (int machines : new int[] {1, 4, 16}) {
        points.add(point(machines, boxes));
      }
    }
    return Storms.of(TRACE, points, new StormSuite.Beside(2, 2), 10);
  }

  @Test
  void fourBoxesThatTakeAQuarterOfTheTimeCarryFourTimesTheMachines() {
    assertThat(storms().carried(StormBox.Kind.KOBAKO, 4).orElseThrow()).isCloseTo(4, within(0.01));
    assertThat(storms().rows())
        .extracting(BenchRow::name)
        .contains("worst-boot-16-machines-4-boxes", "carried-by-4-boxes", "model-error");
  }

  @Test
  void theModelIsFittedToOneMachineAloneAndComparedWithAll() {
    Storms storms = storms();
    assertThat(storms.compared()).hasSize(6);
    Storms.Compared alone = storms.compared().getFirst();
    assertThat(alone.modelSeconds()).isCloseTo(2, within(0.02));
    assertThat(alone.error()).isCloseTo(0, within(0.01));
  }

  @Test
  void thePageHasEveryPointAndEveryPrediction() {
    Storms storms = storms();
    assertThat(storms.predictions())
        .extracting(Storms.Prediction::machines)
        .contains(180, 1000, 10_000);
    Storms.Prediction behindACdn = storms.predictions().getLast();
    // Each box fetches what its machines ask for once.
    assertThat(behindACdn.outcome().upstreamBytes()).isEqualTo(behindACdn.boxes() * 12_000_330L);
  }
}
