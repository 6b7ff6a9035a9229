package org.kobako.appliance.bench.storm.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kobako.appliance.bench.storm.BootTrace;

/** Plays a storm of any size. */
public final class StormModel {
  private static final int STEPS = 30;
  private static final double MAX_ANSWER_SECONDS = 1;

  private StormModel() {}

  /**
   * How a storm ends.
   *
   * @param worstSeconds until the last machine has booted
   * @param boxBytes that all boxes sent
   * @param upstreamBytes that came from behind the boxes
   */
  public record Outcome(
      double worstSeconds, double medianSeconds, long boxBytes, long upstreamBytes) {}

  /** Switches on so many machines at once, shared out evenly among so many boxes. */
  public static Outcome storm(BootTrace trace, int machines, int boxes, Parameters parameters) {
    Events events = new Events();
    Script script = new Script(trace);
    @Nullable SharedLink upstream =
        Double.isInfinite(parameters.upstreamRate())
            ? null
            : new SharedLink(events, parameters.upstreamRate());
    List<ModelBox> all = new ArrayList<>();
    for (int i = 0; i < boxes; i++) {
      all.add(new ModelBox(events, parameters, upstream));
    }
    List<ModelMachine> room = new ArrayList<>();
    for (int i = 0; i < machines; i++) {
      room.add(new ModelMachine(events, parameters, script, all.get(i % boxes)));
    }
    room.forEach(ModelMachine::switchOn);
    events.runToEnd();
    double[] seconds = room.stream().mapToDouble(ModelMachine::seconds).sorted().toArray();
    return new Outcome(
        Arrays.stream(seconds).max().orElseThrow(),
        seconds[seconds.length / 2],
        all.stream().mapToLong(ModelBox::sentBytes).sum(),
        upstream == null ? 0 : upstream.sentBytes());
  }

  /**
   * The parameters with which a storm takes as long as it was measured to.
   *
   * @param measuredSeconds until its last machine had booted
   */
  public static Parameters fitted(
      BootTrace trace, int machines, int boxes, double measuredSeconds, Parameters parameters) {
    double low = 0;
    double high = MAX_ANSWER_SECONDS;
    for (int step = 0; step < STEPS; step++) {
      double middle = (low + high) / 2;
      Outcome outcome = storm(trace, machines, boxes, parameters.withAnswerSeconds(middle));
      if (outcome.worstSeconds() < measuredSeconds) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return parameters.withAnswerSeconds(low);
  }
}
