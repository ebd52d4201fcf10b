package org.kt4j.comparison.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A small plot of curves against epochs or recall, one of several side by side that share their
 * axes.
 */
final class Panel {

  private static final double WIDTH = 300;
  private static final double HEIGHT = 190;
  private static final double LEFT = 40;
  private static final double RIGHT = 14;
  private static final double TOP = 8;
  private static final double BOTTOM = 24;

  /**
   * A curve with its spread over seeds.
   *
   * @param name for the legend
   * @param style class of the style sheet
   * @param points by epoch, or by recall in percent: smallest, mean, largest
   */
  record Curve(String name, String style, TreeMap<Integer, double[]> points) {

    /** Of the means of those lists, without their spread. */
    static Curve ofMeans(String name, String style, List<Map<Integer, Double>> seeds) {
      Curve curve = of(name, style, seeds);
      curve.points.values().forEach(point -> Arrays.fill(point, point[1]));
      return curve;
    }

    /** Of one list of values for each seed; epochs that a seed lacks are those of the others. */
    static Curve of(String name, String style, List<Map<Integer, Double>> seeds) {
      TreeMap<Integer, double[]> points = new TreeMap<>();
      TreeMap<Integer, List<Double>> values = new TreeMap<>();
      seeds.forEach(
          seed ->
              seed.forEach(
                  (epoch, value) ->
                      values.computeIfAbsent(epoch, any -> new ArrayList<>()).add(value)));
      values.forEach(
          (epoch, all) -> {
            double[] plain = all.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            points.put(
                epoch, new double[] {plain[0], Spread.of(plain).mean(), plain[plain.length - 1]});
          });
      return new Curve(name, style, points);
    }

    double smallest() {
      return points.values().stream().mapToDouble(v -> v[0]).min().orElse(Double.NaN);
    }

    double largest() {
      return points.values().stream().mapToDouble(v -> v[2]).max().orElse(Double.NaN);
    }

    /** Whether seeds differ anywhere. */
    boolean hasSpread() {
      return points.values().stream().anyMatch(v -> v[0] < v[2]);
    }

    /** The mean there; NaN where there is none. */
    double at(int x) {
      double[] point = points.get(x);
      return point == null ? Double.NaN : point[1];
    }

    double last() {
      return points.isEmpty() ? Double.NaN : points.lastEntry().getValue()[1];
    }
  }

  private final Axis x;
  private final Axis y;
  private final boolean logarithmic;

  private Panel(Axis x, Axis y, boolean logarithmic) {
    this.x = x;
    this.y = y;
    this.logarithmic = logarithmic;
  }

  /** Axes that hold all these curves. */
  static Panel holding(List<Curve> curves) {
    return new Panel(epochs(curves), values(curves, false), false);
  }

  /** The same with powers of ten; what is not above zero is left out. */
  static Panel logarithmic(List<Curve> curves) {
    return new Panel(epochs(curves), values(curves, true), true);
  }

  /** Axes for precision against recall, both from 0 to 100 percent. */
  static Panel ofPercents() {
    return new Panel(Axis.around(0, 100, 5), Axis.around(0, 100, 5), false);
  }

  private static Axis epochs(List<Curve> curves) {
    int last =
        curves.stream()
            .filter(curve -> !curve.points().isEmpty())
            .mapToInt(curve -> curve.points().lastKey())
            .max()
            .orElse(1);
    Axis round = Axis.around(0, last, Math.min(4, last));
    return new Axis(0, last, round.ticks().stream().filter(tick -> tick <= last).toList());
  }

  private static Axis values(List<Curve> curves, boolean logarithmic) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (Curve curve : curves) {
      for (double[] values : curve.points().values()) {
        for (double value : values) {
          double at = logarithmic ? Math.log10(value) : value;
          if (Double.isFinite(at)) {
            low = Math.min(low, at);
            high = Math.max(high, at);
          }
        }
      }
    }
    if (!(low <= high)) {
      return Axis.around(0, 1, 2);
    }
    if (!logarithmic) {
      return Axis.around(low, high, 4);
    }
    List<Double> powers = new ArrayList<>();
    double from = Math.floor(low);
    double to = Math.max(from + 1, Math.ceil(high));
    double step = Math.max(1, Math.ceil((to - from) / 5));
    for (double power = from; power <= to + 1e-9; power += step) {
      powers.add(power);
    }
    return new Axis(from, Math.max(to, powers.get(powers.size() - 1)), powers);
  }

  /**
   * Draws some of the curves.
   *
   * @param description what they show, for those who do not see them
   */
  String draw(List<Curve> curves, String description) {
    Svg svg = Svg.scaled(WIDTH, HEIGHT, description);
    for (double tick : y.ticks()) {
      svg.line("grid", LEFT, atY(tick), WIDTH - RIGHT, atY(tick));
      svg.label("tick end", LEFT - 5, atY(tick) + 4, tickText(tick));
    }
    for (double tick : x.ticks()) {
      svg.label("tick middle", atX(tick), HEIGHT - 7, Axis.text(tick));
    }
    for (Curve curve : curves.stream().filter(Curve::hasSpread).toList()) {
      List<double[]> band = new ArrayList<>();
      curve.points().forEach((epoch, v) -> add(band, epoch, v[2]));
      curve.points().descendingMap().forEach((epoch, v) -> add(band, epoch, v[0]));
      svg.area("band " + curve.style(), band);
    }
    for (Curve curve : curves) {
      List<double[]> mean = new ArrayList<>();
      curve.points().forEach((epoch, v) -> add(mean, epoch, v[1]));
      String style = "curve " + curve.style();
      svg.path(style, mean);
      if (mean.size() == 1) {
        // A line of one point cannot be seen.
        double[] only = mean.get(0);
        svg.dot(style, Double.toString(only[0]), only[1], 2, curve.name());
      }
    }
    return svg.end();
  }

  private void add(List<double[]> points, int epoch, double value) {
    double at = logarithmic ? Math.log10(value) : value;
    if (Double.isFinite(at)) {
      points.add(new double[] {atX(epoch), atY(at)});
    }
  }

  private String tickText(double tick) {
    if (!logarithmic) {
      return Axis.text(tick);
    }
    return Math.abs(tick) <= 3
        ? Axis.text(Math.pow(10, tick))
        : String.format(Locale.ROOT, "1e%.0f", tick);
  }

  private double atX(double epoch) {
    return LEFT + x.share(epoch) * (WIDTH - LEFT - RIGHT);
  }

  private double atY(double value) {
    return HEIGHT - BOTTOM - y.share(value) * (HEIGHT - TOP - BOTTOM);
  }
}
