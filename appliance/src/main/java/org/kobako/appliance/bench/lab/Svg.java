package org.kobako.appliance.bench.lab;

import java.util.List;
import java.util.Locale;

/** A picture that grows: white, with text of one size. */
public final class Svg {
  private final StringBuilder svg = new StringBuilder();

  /** An empty one; a place in it is so many pixels from its left and its top. */
  public Svg(int width, int height) {
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
            + " font-family=\"sans-serif\" font-size=\"12\" fill=\"#222222\">",
        width, height, width, height);
    add("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", width, height);
  }

  /** An element, by {@link String#format}. */
  public void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  /**
   * Words.
   *
   * @param anchor {@code start}, {@code middle} or {@code end}: which of theirs is at x
   */
  public void text(double x, double y, String anchor, String text) {
    String escaped = text.replace("&", "&amp;").replace("<", "&lt;");
    add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>", x, y, anchor, escaped);
  }

  /**
   * A curve through points.
   *
   * @param points each an x and a y
   * @param dash lengths of strokes and gaps; empty for one stroke
   */
  public void curve(List<double[]> points, String colour, String dash) {
    StringBuilder words = new StringBuilder();
    for (double[] point : points) {
      words.append(String.format(Locale.ROOT, "%.1f,%.1f ", point[0], point[1]));
    }
    add(
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\""
            + " stroke-dasharray=\"%s\"/>",
        words.toString().strip(), colour, dash.isEmpty() ? "none" : dash);
  }

  /** The whole of it. */
  public String end() {
    return svg + "</svg>\n";
  }
}
