package org.kobako.appliance.bench.storm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kobako.appliance.bench.storm.BootTrace;
import org.kobako.appliance.bench.storm.BootTrace.Block;
import org.kobako.appliance.bench.storm.BootTrace.Request;

class StormModelTest {
  private static final double NO_LIMIT = Double.POSITIVE_INFINITY;

  /** With HTTP's head a million. */
  private static final int BYTES = 1_000_000 - 330;

  /** A second for each. */
  private static final Parameters LINK_ALONE =
      new Parameters(1e6, NO_LIMIT, 1, 0, 0, NO_LIMIT, NO_LIMIT);

  private static Request request(int connection, int after, double thinkSeconds, int block) {
    return new Request(connection, after, (long) (thinkSeconds * 1e6), BYTES, new Block(block));
  }

  private static BootTrace trace(Request... requests) {
    return new BootTrace("", List.of(requests));
  }

  private static final BootTrace ONE = trace(request(0, BootTrace.NONE, 0, 0));

  /** Two blocks, one after the other, with three seconds of thought before the second. */
  private static final BootTrace TWO = trace(request(0, BootTrace.NONE, 0, 0), request(0, 0, 3, 1));

  private static double worst(BootTrace trace, int machines, int boxes, Parameters parameters) {
    return StormModel.storm(trace, machines, boxes, parameters).worstSeconds();
  }

  @Test
  void machinesShareALinkAndFourLinksCarryFourTimesAsMany() {
    assertThat(worst(ONE, 1, 1, LINK_ALONE)).isCloseTo(1, within(1e-6));
    assertThat(worst(ONE, 40, 1, LINK_ALONE)).isCloseTo(40, within(1e-6));
    assertThat(worst(ONE, 40, 4, LINK_ALONE)).isCloseTo(10, within(1e-6));
  }

  @Test
  void whoComesLaterSharesWhatIsLeft() {
    // A million alone for half a second, then two share: the first ends at 1.5 s, the second at 2.
    Events events = new Events();
    SharedLink link = new SharedLink(events, 1e6);
    List<Double> ends = new ArrayList<>();
    link.send(1_000_000, () -> ends.add(events.now()));
    events.in(0.5, () -> link.send(1_000_000, () -> ends.add(events.now())));
    events.runToEnd();
    assertThat(ends.get(0)).isCloseTo(1.5, within(1e-9));
    assertThat(ends.get(1)).isCloseTo(2, within(1e-9));
  }

  @Test
  void machinesThinkBetweenAnswersAndFasterOnesLess() {
    assertThat(worst(TWO, 1, 1, LINK_ALONE)).isCloseTo(5, within(1e-6));
    Parameters fast = new Parameters(1e6, NO_LIMIT, 10, 0, 0, NO_LIMIT, NO_LIMIT);
    assertThat(worst(TWO, 1, 1, fast)).isCloseTo(2.3, within(1e-6));
  }

  @Test
  void aConnectionAsksForOneThingAtATime() {
    Parameters slowAnswers = LINK_ALONE.withAnswerSeconds(1);
    BootTrace one = trace(request(0, -1, 0, 0), request(0, -1, 0, 1), request(0, -1, 0, 2));
    BootTrace three = trace(request(0, -1, 0, 0), request(1, -1, 0, 1), request(2, -1, 0, 2));
    assertThat(worst(one, 1, 1, slowAnswers)).isCloseTo(6, within(1e-6));
    assertThat(worst(three, 1, 1, slowAnswers)).isCloseTo(4, within(1e-6));
  }

  @Test
  void aMachinesOwnLinkMayBeTheSlower() {
    assertThat(worst(ONE, 1, 1, LINK_ALONE.withLinks(1e6, 1e5))).isCloseTo(10, within(0.01));
  }

  @Test
  void aBoxWorksOnOneRequestAfterTheOther() {
    Parameters slowCpu = new Parameters(1e9, NO_LIMIT, 1, 0, 1e-6, NO_LIMIT, NO_LIMIT);
    assertThat(worst(ONE, 10, 1, slowCpu)).isCloseTo(10, within(0.01));
    assertThat(worst(ONE, 10, 2, slowCpu)).isCloseTo(5, within(0.01));
  }

  @Test
  void aBlockComesFromTheDiskOnceAndIsHotFromThenOn() {
    Parameters slowDisk = new Parameters(1e9, NO_LIMIT, 1, 0, 0, 1e5, NO_LIMIT);
    assertThat(worst(ONE, 10, 1, slowDisk)).isCloseTo(10, within(0.1));
  }

  @Test
  void whatABoxDoesNotHaveComesFromBehindOnceForAllOfItsMachines() {
    StormModel.Outcome outcome = StormModel.storm(TWO, 100, 5, LINK_ALONE.withUpstream(1e6));
    assertThat(outcome.upstreamBytes()).isEqualTo(5 * 2 * 1_000_000);
    assertThat(outcome.boxBytes()).isEqualTo(100 * 2 * 1_000_000);
  }

  @Test
  void equalQuestionsHaveEqualAnswers() throws Exception {
    BootTrace boot = BootTrace.resource("pc-bios");
    assertThat(StormModel.storm(boot, 30, 4, LINK_ALONE))
        .isEqualTo(StormModel.storm(boot, 30, 4, LINK_ALONE));
  }

  @Test
  void theFittedModelTakesAsLongAsItWasMeasured() throws Exception {
    BootTrace boot = BootTrace.resource("pc-bios");
    Parameters known =
        new Parameters(Parameters.payloadRate(100e6), NO_LIMIT, 10, 0, 0, NO_LIMIT, NO_LIMIT);
    double alone = worst(boot, 1, 1, known);
    Parameters fitted = StormModel.fitted(boot, 1, 1, alone + 1, known);
    assertThat(worst(boot, 1, 1, fitted)).isCloseTo(alone + 1, within(0.01));
    assertThat(fitted.answerSeconds()).isBetween(1e-4, 0.1);
    double crowded = worst(boot, 6, 2, fitted);
    assertThat(StormModel.fitted(boot, 6, 2, crowded, known).answerSeconds())
        .isCloseTo(fitted.answerSeconds(), within(1e-4));
  }
}
