package org.kobako.appliance.bench.failover;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.DoubleStream;
import org.kobako.appliance.bench.failover.FaultResult.Play;
import org.kobako.appliance.bench.failover.Traffic.Sample;
import org.kobako.appliance.bench.lab.Svg;

/**
 * Throughput over time as an SVG picture: a panel for each fault, with the first time that it
 * struck each box.
 */
final class TrafficPicture {
  private static final int WIDTH = 960;
  private static final int LEFT = 64;
  private static final int RIGHT = 16;
  private static final int HEAD = 56;
  private static final int PANEL = 190;
  private static final int PLOT = 120;
  private static final int PLOT_TOP = 28;

  private static final double SECOND_NS = 1e9;
  private static final double MB = 1e6;

  /** Before the first fault and behind the last fail-back. */
  private static final long MARGIN_NS = 1_000_000_000;

  private static final int MB_PER_LINE = 5;

  private static final List<String> BOX_COLOURS = List.of("#1768ac", "#d9730d");
  private static final String READERS_COLOUR = "#555555";

  private final Svg svg;

  private TrafficPicture(int height) {
    this.svg = new Svg(WIDTH, height);
  }

  static String of(List<FaultResult> results) {
    TrafficPicture picture = new TrafficPicture(HEAD + results.size() * PANEL);
    picture.legend();
    for (int i = 0; i < results.size(); i++) {
      picture.panel(results.get(i), HEAD + i * PANEL);
    }
    return picture.svg.end();
  }

  private void legend() {
    svg.text(LEFT, 20, "start", "Two boxes at 100 Mbit/s each, one of them failing by turns");
    line(LEFT, 40, BOX_COLOURS.get(0), "box 1 sends");
    line(LEFT + 150, 40, BOX_COLOURS.get(1), "box 2 sends");
    line(LEFT + 300, 40, READERS_COLOUR, "readers get (decompressed)");
    svg.add(
        "<rect x=\"%d\" y=\"32\" width=\"24\" height=\"12\" fill=\"#000000\" opacity=\"0.12\"/>",
        LEFT + 530);
    svg.text(LEFT + 560, 44, "start", "fault, in its box's colour");
  }

  private void line(int x, int y, String colour, String what) {
    svg.add("<path d=\"M%d %dh24\" stroke=\"%s\" stroke-width=\"2\"/>", x, y, colour);
    svg.text(x + 30, y + 4, "start", what);
  }

  private void panel(FaultResult result, int top) {
    List<Play> plays = result.plays().subList(0, Math.min(Traffic.BOXES, result.plays().size()));
    long fromNs = plays.getFirst().struckNs() - MARGIN_NS;
    Play last = plays.getLast();
    long toNs = last.restoredNs() + last.failbackNs() + MARGIN_NS;
    List<Sample> samples =
        result.traffic().stream()
            .filter(sample -> sample.fromNs() - fromNs >= 0 && sample.toNs() - toNs <= 0)
            .toList();
    Scale scale = new Scale(fromNs, toNs, highest(samples), top + PLOT_TOP);
    svg.text(LEFT, top + 18, "start", result.word() + ": " + result.fault().what());
    for (Play play : plays) {
      shade(play, scale);
    }
    axes(scale);
    for (int box = 0; box < Traffic.BOXES; box++) {
      int number = box;
      curve(samples, sample -> sample.boxBytes().get(number), BOX_COLOURS.get(box), scale);
    }
    curve(samples, Sample::readBytes, READERS_COLOUR, scale);
  }

  /** In MB/s, up to the next line of the grid. */
  private static int highest(List<Sample> samples) {
    double highest =
        samples.stream()
            .flatMapToDouble(sample ->
                DoubleStream.concat(
                    sample.boxBytes().stream().mapToDouble(bytes -> rate(bytes, sample)),
                    DoubleStream.of(rate(sample.readBytes(), sample))))
            .max()
            .orElse(0);
    return MB_PER_LINE * Math.max(1, (int) Math.ceil(highest / MB_PER_LINE));
  }

  private static double rate(long bytes, Sample sample) {
    return bytes / MB / ((sample.toNs() - sample.fromNs()) / SECOND_NS);
  }

  private void shade(Play play, Scale scale) {
    double x = scale.x(play.struckNs());
    svg.add(
        "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\" opacity=\"0.15\"/>",
        x, scale.top, scale.x(play.restoredNs()) - x, PLOT, BOX_COLOURS.get(play.box()));
  }

  private void axes(Scale scale) {
    int bottom = scale.top + PLOT;
    for (int rate = 0; rate <= scale.highest; rate += MB_PER_LINE) {
      svg.add("<path d=\"M%d %.1fH%d\" stroke=\"#dddddd\"/>", LEFT, scale.y(rate), WIDTH - RIGHT);
      svg.text(LEFT - 8, scale.y(rate) + 4, "end", Integer.toString(rate));
    }
    svg.text(16, scale.top - 10, "start", "MB/s");
    long seconds = (long) ((scale.toNs - scale.fromNs) / SECOND_NS);
    for (long second = 0; second <= seconds; second += 2) {
      double x = scale.x(scale.fromNs + second * 1_000_000_000);
      svg.add("<path d=\"M%.1f %dv4\" stroke=\"#888888\"/>", x, bottom);
      svg.text(x, bottom + 16, "middle", second == 0 ? "0 s" : Long.toString(second));
    }
    svg.add(
        "<path d=\"M%d %dV%dH%d\" fill=\"none\" stroke=\"#888888\"/>",
        LEFT, scale.top, bottom, WIDTH - RIGHT);
  }

  private void curve(
      List<Sample> samples, ToLongFunction<Sample> bytes, String colour, Scale scale) {
    List<double[]> points = new ArrayList<>();
    for (Sample sample : samples) {
      long middleNs = sample.fromNs() + (sample.toNs() - sample.fromNs()) / 2;
      double y = scale.y(rate(bytes.applyAsLong(sample), sample));
      points.add(new double[] {scale.x(middleNs), y});
    }
    svg.curve(points, colour, "");
  }

  /** From times and MB/s to places in the picture. */
  private record Scale(long fromNs, long toNs, int highest, int top) {
    double x(long atNs) {
      return LEFT + (double) (WIDTH - LEFT - RIGHT) * (atNs - fromNs) / (toNs - fromNs);
    }

    double y(double rate) {
      return top + PLOT - rate * PLOT / highest;
    }
  }
}
