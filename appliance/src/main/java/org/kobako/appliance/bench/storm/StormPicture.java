package org.kobako.appliance.bench.storm;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;
import org.kobako.appliance.bench.lab.Svg;
import org.kobako.appliance.bench.storm.model.StormModel;

/** The worst boot of a storm by the number of machines, a colour for each number of boxes. */
final class StormPicture {
  private static final int WIDTH = 760;
  private static final int HEIGHT = 480;
  private static final int LEFT = 64;
  private static final int RIGHT = 24;
  private static final int TOP = 96;
  private static final int BOTTOM = 48;
  private static final int LINES = 8;
  private static final List<String> COLOURS =
      List.of("#1768ac", "#d9730d", "#2b8a3e", "#862e9c", "#555555");
  private static final String NGINX_DASH = "6 4";
  private static final String MODEL_DASH = "1 3";

  private final Svg svg = new Svg(WIDTH, HEIGHT);
  private final double mostMachines;
  private final double mostSeconds;

  private StormPicture(double mostMachines, double mostSeconds) {
    this.mostMachines = mostMachines;
    this.mostSeconds = mostSeconds;
  }

  static String of(Storms storms) {
    int machines = storms.points().stream().mapToInt(StormPoint::machines).max().orElse(1);
    double seconds = storms.points().stream().mapToDouble(StormPoint::worstSeconds).max().orElse(1);
    StormPicture picture = new StormPicture(machines, seconds * 1.05);
    picture.axes();
    picture.svg.text(
        LEFT, 20, "start", "Until the last of so many machines has booted, in seconds");
    picture.legend(LEFT, "", "kobako");
    picture.legend(LEFT + 110, NGINX_DASH, "nginx");
    picture.legend(LEFT + 220, MODEL_DASH, "model");
    for (int i = 0; i < storms.boxes().size(); i++) {
      picture.curves(storms, storms.boxes().get(i), COLOURS.get(i % COLOURS.size()), i);
    }
    return picture.svg.end();
  }

  /** The storm that only the model has seen. */
  static String ofPredictions(List<Storms.Prediction> curve, String title) {
    int machines = curve.stream().mapToInt(Storms.Prediction::machines).max().orElse(1);
    double seconds =
        curve.stream().mapToDouble(each -> each.outcome().worstSeconds()).max().orElse(1);
    StormPicture picture = new StormPicture(machines, seconds * 1.05);
    picture.axes();
    picture.svg.text(LEFT, 20, "start", title);
    picture.curve(
        curve,
        Storms.Prediction::machines,
        each -> each.outcome().worstSeconds(),
        COLOURS.getFirst(),
        MODEL_DASH);
    return picture.svg.end();
  }

  private void legend(int x, String dash, String what) {
    svg.curve(List.of(new double[] {x, 40}, new double[] {x + 36, 40}), "#222222", dash);
    svg.text(x + 42, 44, "start", what);
  }

  private void curves(Storms storms, int boxes, String colour, int ordinal) {
    int x = LEFT + 110 * ordinal;
    svg.curve(List.of(new double[] {x, 62}, new double[] {x + 36, 62}), colour, "");
    svg.text(x + 42, 66, "start", boxes + (boxes == 1 ? " box" : " boxes"));
    List<StormPoint> ours = storms.curve(StormBox.Kind.KOBAKO, boxes);
    curve(ours, StormPoint::machines, StormPoint::worstSeconds, colour, "");
    curve(
        storms.curve(StormBox.Kind.NGINX, boxes),
        StormPoint::machines,
        StormPoint::worstSeconds,
        colour,
        NGINX_DASH);
    IntToDoubleFunction model =
        machines ->
            StormModel.storm(storms.trace(), machines, boxes, storms.fitted()).worstSeconds();
    curve(
        ours,
        StormPoint::machines,
        point -> model.applyAsDouble(point.machines()),
        colour,
        MODEL_DASH);
  }

  private <T> void curve(
      List<T> points,
      ToDoubleFunction<T> machines,
      ToDoubleFunction<T> seconds,
      String colour,
      String dash) {
    if (points.isEmpty()) {
      return;
    }
    List<double[]> places = new ArrayList<>();
    for (T point : points) {
      places.add(new double[] {x(machines.applyAsDouble(point)), y(seconds.applyAsDouble(point))});
    }
    svg.curve(places, colour, dash);
  }

  private double x(double machines) {
    return LEFT + (WIDTH - LEFT - RIGHT) * machines / mostMachines;
  }

  private double y(double seconds) {
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * seconds / mostSeconds;
  }

  private void axes() {
    for (int i = 0; i <= LINES; i++) {
      double seconds = mostSeconds * i / LINES;
      svg.add("<path d=\"M%d %.1fH%d\" stroke=\"#dddddd\"/>", LEFT, y(seconds), WIDTH - RIGHT);
      svg.text(LEFT - 8, y(seconds) + 4, "end", Long.toString(Math.round(seconds)));
      double machines = mostMachines * i / LINES;
      svg.text(x(machines), HEIGHT - BOTTOM + 18, "middle", Long.toString(Math.round(machines)));
    }
    svg.text(WIDTH - RIGHT, HEIGHT - 12, "end", "machines");
    svg.add(
        "<path d=\"M%d %dV%dH%d\" fill=\"none\" stroke=\"#888888\"/>",
        LEFT, TOP, HEIGHT - BOTTOM, WIDTH - RIGHT);
  }
}
