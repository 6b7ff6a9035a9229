package org.kobako.appliance.bench.storm;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.kobako.appliance.bench.BenchRow;
import org.kobako.appliance.bench.storm.model.Parameters;
import org.kobako.appliance.bench.storm.model.StormModel;

/**
 * What a run of the suite found: measured points, how true stand-ins are, the model that was fitted
 * to one of them, and what it predicts.
 *
 * @param fitted the model's parameters: all but {@code answerSeconds} are known beforehand, and
 *     that is fitted to the smallest storm
 */
public record Storms(
    BootTrace trace,
    List<StormPoint> points,
    StormSuite.Beside beside,
    Parameters fitted,
    List<Prediction> predictions) {

  /** A point and what the model says of it. */
  record Compared(StormPoint point, double modelSeconds) {
    double error() {
      return modelSeconds / point.worstSeconds() - 1;
    }
  }

  /**
   * What nobody measured.
   *
   * @param what the links, and what is behind the boxes
   */
  public record Prediction(String what, int machines, int boxes, StormModel.Outcome outcome) {}

  private static final double GIGABIT = Parameters.payloadRate(1e9);
  private static final double NO_LIMIT = Double.POSITIVE_INFINITY;

  /** Fits the model, and asks it. */
  static Storms of(
      BootTrace trace, List<StormPoint> points, StormSuite.Beside beside, double machineSpeed) {
    StormPoint alone =
        points.stream()
            .filter(point -> point.server().equals(StormBox.Kind.KOBAKO.word()))
            .min(Comparator.comparingInt(point -> point.machines() * 1000 + point.boxes()))
            .orElseThrow();
    double cpuPerByte =
        points.stream()
                .filter(point -> point.server().equals(StormBox.Kind.KOBAKO.word()))
                .max(Comparator.comparingInt(StormPoint::machines))
                .orElse(alone)
                .cpuSecondsPerGb()
            / 1e9;
    double link = Parameters.payloadRate(StormSuite.LINK_BITS_PER_SECOND);
    Parameters known =
        new Parameters(link, NO_LIMIT, machineSpeed, 0, cpuPerByte, NO_LIMIT, NO_LIMIT);
    Parameters fitted =
        StormModel.fitted(trace, alone.machines(), alone.boxes(), alone.worstSeconds(), known);
    return new Storms(trace, List.copyOf(points), beside, fitted, predict(trace, fitted));
  }

  private static List<Prediction> predict(BootTrace trace, Parameters fitted) {
    List<Prediction> all = new ArrayList<>();
    Parameters gigabit = fitted.withLinks(GIGABIT, GIGABIT);
    for (int machines : new int[] {1, 20, 40, 60, 80, 100, 120, 140, 160, 180}) {
      all.add(prediction("gigabit", trace, machines, 4, gigabit));
    }
    all.add(
        prediction(
            "100 Mbit/s, machines at gigabit",
            trace,
            1000,
            50,
            fitted.withLinks(fitted.boxLink(), GIGABIT)));
    all.add(prediction("gigabit", trace, 1000, 50, gigabit));
    all.add(
        prediction(
            "gigabit, empty boxes behind one gigabit to a CDN",
            trace,
            10_000,
            500,
            gigabit.withUpstream(GIGABIT)));
    return List.copyOf(all);
  }

  private static Prediction prediction(
      String what, BootTrace trace, int machines, int boxes, Parameters parameters) {
    return new Prediction(
        what, machines, boxes, StormModel.storm(trace, machines, boxes, parameters));
  }

  List<Compared> compared() {
    return ofServer(StormBox.Kind.KOBAKO).stream()
        .map(point ->
            new Compared(
                point,
                StormModel.storm(trace, point.machines(), point.boxes(), fitted).worstSeconds()))
        .toList();
  }

  private List<StormPoint> ofServer(StormBox.Kind kind) {
    return points.stream().filter(point -> point.server().equals(kind.word())).toList();
  }

  /** Of so many boxes, by the number of machines. */
  List<StormPoint> curve(StormBox.Kind kind, int boxes) {
    return ofServer(kind).stream()
        .filter(point -> point.boxes() == boxes)
        .sorted(Comparator.comparingInt(StormPoint::machines))
        .toList();
  }

  List<Integer> boxes() {
    return points.stream().map(StormPoint::boxes).distinct().sorted().toList();
  }

  /**
   * How many times the machines of one box so many boxes carry, in the longest time that both took
   * for a storm; between measured points the time grows evenly.
   */
  OptionalDouble carried(StormBox.Kind kind, int boxes) {
    List<StormPoint> one = curve(kind, 1);
    List<StormPoint> many = curve(kind, boxes);
    if (one.isEmpty() || many.isEmpty()) {
      return OptionalDouble.empty();
    }
    double seconds = Math.min(one.getLast().worstSeconds(), many.getLast().worstSeconds());
    OptionalDouble byOne = machinesIn(seconds, one);
    OptionalDouble byMany = machinesIn(seconds, many);
    return byOne.isPresent() && byMany.isPresent()
        ? OptionalDouble.of(byMany.getAsDouble() / byOne.getAsDouble())
        : OptionalDouble.empty();
  }

  private static OptionalDouble machinesIn(double seconds, List<StormPoint> curve) {
    for (int i = 1; i < curve.size(); i++) {
      StormPoint less = curve.get(i - 1);
      StormPoint more = curve.get(i);
      if (less.worstSeconds() <= seconds && seconds <= more.worstSeconds()) {
        double share =
            (seconds - less.worstSeconds()) / (more.worstSeconds() - less.worstSeconds());
        return OptionalDouble.of(less.machines() + share * (more.machines() - less.machines()));
      }
    }
    return OptionalDouble.empty();
  }

  /** What stands behind a figure, for people. */
  private String note(StormPoint ours, Optional<StormPoint> peer) {
    int ofABox = Math.ceilDiv(ours.machines(), ours.boxes());
    String peerCpu =
        peer.map(
                point -> String.format(Locale.ROOT, ", nginx's %.2f s/GB", point.cpuSecondsPerGb()))
            .orElse("");
    return String.format(
            Locale.ROOT,
            "median %.1f s, a box's link alone takes %.1f s, %d asked again, CPU %.2f s/GB",
            ours.medianSeconds(),
            ofABox * trace.bytes() / fitted.boxLink(),
            ours.retries(),
            ours.cpuSecondsPerGb())
        + peerCpu
        + String.format(Locale.ROOT, ", all cores %d %% busy", Math.round(100 * ours.busyShare()));
  }

  public List<BenchRow> rows() {
    List<BenchRow> rows = new ArrayList<>();
    for (StormPoint ours : ofServer(StormBox.Kind.KOBAKO)) {
      Optional<StormPoint> peer =
          curve(StormBox.Kind.NGINX, ours.boxes()).stream()
              .filter(point -> point.machines() == ours.machines())
              .findFirst();
      rows.add(
          new BenchRow(
              "worst-boot-%d-machines-%d-boxes".formatted(ours.machines(), ours.boxes()),
              ours.worstSeconds(),
              peer.map(StormPoint::worstSeconds).orElse(null),
              peer.map(point -> ours.worstSeconds() / point.worstSeconds()).orElse(null),
              "s",
              note(ours, peer)));
    }
    for (int boxes : boxes()) {
      OptionalDouble ours = carried(StormBox.Kind.KOBAKO, boxes);
      if (boxes > 1 && ours.isPresent()) {
        rows.add(
            new BenchRow(
                "carried-by-" + boxes + "-boxes",
                ours.getAsDouble(),
                null,
                null,
                "times",
                "machines, by those of one box in the same time"));
      }
    }
    rows.add(
        new BenchRow(
            "client-beside-stand-ins",
            beside.clientSeconds(),
            beside.medianStandInSeconds(),
            beside.clientSeconds() / beside.medianStandInSeconds(),
            "s",
            "blocks of the boot by the real block client, against stand-ins in the same storm"));
    rows.add(
        new BenchRow(
            "model-error",
            compared().stream().mapToDouble(each -> Math.abs(each.error())).max().orElse(0),
            null,
            null,
            "of measured",
            "the most, over all points of kobako"));
    return List.copyOf(rows);
  }
}
