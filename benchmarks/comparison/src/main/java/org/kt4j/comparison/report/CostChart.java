package org.kt4j.comparison.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.RunResult;

/** What a method costs against what it brings: time to the right, the metric upwards. */
final class CostChart {

  private static final double WIDTH = 520;
  private static final double HEIGHT = 330;
  private static final double LEFT = 48;
  private static final double RIGHT = 24;
  private static final double TOP = 14;
  private static final double BOTTOM = 44;

  private CostChart() {}

  /** The drawing; methods go by their number, counted from 1, the baseline is number 1. */
  static String draw(List<Method> methods, Metric metric) {
    List<double[]> points = new ArrayList<>();
    for (Method method : methods) {
      points.add(
          new double[] {
            method.spread(RunResult::wallSeconds).orElseThrow().mean() / 60,
            metric.scale() * method.spread(RunResult::testLast).orElseThrow().mean()
          });
    }
    Axis x = Axis.around(0, points.stream().mapToDouble(p -> p[0]).max().orElse(1), 5);
    Axis y =
        Axis.around(
            points.stream().mapToDouble(p -> p[1]).min().orElse(0),
            points.stream().mapToDouble(p -> p[1]).max().orElse(1),
            5);
    Svg svg =
        Svg.scaled(
            WIDTH,
            HEIGHT,
            "The test "
                + metric.name()
                + " against the minutes of a run; the table has both numbers");
    for (double tick : y.ticks()) {
      double at = HEIGHT - BOTTOM - y.share(tick) * (HEIGHT - TOP - BOTTOM);
      svg.line("grid", LEFT, at, WIDTH - RIGHT, at);
      svg.label("tick end", LEFT - 6, at + 4, Axis.text(tick));
    }
    for (double tick : x.ticks()) {
      double at = LEFT + x.share(tick) * (WIDTH - LEFT - RIGHT);
      svg.label("tick middle", at, HEIGHT - BOTTOM + 18, Axis.text(tick));
    }
    svg.label("tick end", WIDTH - RIGHT, HEIGHT - 6, "minutes of a run");
    List<double[]> taken = new ArrayList<>();
    for (int m = 0; m < methods.size(); m++) {
      double atX = LEFT + x.share(points.get(m)[0]) * (WIDTH - LEFT - RIGHT);
      double atY = HEIGHT - BOTTOM - y.share(points.get(m)[1]) * (HEIGHT - TOP - BOTTOM);
      String style = m == 0 ? "dot alone" : "dot method";
      String tip =
          String.format(
              Locale.ROOT,
              "%s: %s, %.1f minutes",
              methods.get(m).name(),
              metric.text(points.get(m)[1] / metric.scale()),
              points.get(m)[0]);
      svg.dot(style, Double.toString(atX), atY, 5, tip);
      double[] label = free(taken, atX + 8, atY + 4);
      svg.label("number", label[0], label[1], Integer.toString(m + 1));
    }
    return svg.end();
  }

  /** The nearest place to the right that no label has. */
  private static double[] free(List<double[]> taken, double x, double y) {
    double at = x;
    while (true) {
      double candidate = at;
      boolean clashes =
          taken.stream().anyMatch(t -> Math.abs(t[0] - candidate) < 16 && Math.abs(t[1] - y) < 12);
      if (!clashes) {
        double[] place = {at, y};
        taken.add(place);
        return place;
      }
      at += 16;
    }
  }
}
