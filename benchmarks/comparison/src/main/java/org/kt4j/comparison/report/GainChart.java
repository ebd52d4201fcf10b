package org.kt4j.comparison.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.RunResult;

/** The gain of each method as a dot, its interval as a line, its seeds as small dots. */
final class GainChart {

  private static final double HEIGHT = 26;

  /**
   * Gains that differ by less are the same, whatever their last digits: an absolute difference of
   * shares, of other scores one that is relative to the baseline's.
   */
  private static final double LEAST = 1e-4;

  private final MethodTable table;
  private final Metric metric;
  private final Axis axis;

  GainChart(MethodTable table) {
    this.table = table;
    this.metric = table.metric();
    double low = 0;
    double high = 0;
    for (Method method : table.methods()) {
      Optional<Gain> gain = table.gain(method);
      if (gain.isPresent()) {
        Gain known = gain.get();
        low = Math.min(low, known.hasInterval() ? known.low() : known.mean());
        high = Math.max(high, known.hasInterval() ? known.high() : known.mean());
        for (double seed : seeds(method)) {
          low = Math.min(low, seed);
          high = Math.max(high, seed);
        }
      }
    }
    double room = Math.max(0, (least() - (high - low)) / 2);
    axis = Axis.around(metric.scale() * (low - room), metric.scale() * (high + room), 5);
  }

  private double least() {
    double size =
        metric.share()
            ? 1
            : table.baseline().spread(RunResult::testLast).map(s -> Math.abs(s.mean())).orElse(1.0);
    return LEAST * size;
  }

  Axis axis() {
    return axis;
  }

  /** A method's line, to stand in a cell of a table. */
  String draw(Method method) {
    String points = Explanations.points(metric);
    Svg svg = Svg.stretched(HEIGHT);
    for (double tick : axis.ticks()) {
      svg.line(tick == 0 ? "zero" : "grid", at(tick), 0, at(tick), HEIGHT);
    }
    table
        .gain(method)
        .ifPresent(
            gain -> {
              String style = gain.verdict().name().toLowerCase(Locale.ROOT);
              for (double seed : seeds(method)) {
                String tip = metric.signed(seed) + points + " with one seed";
                svg.dot("seed", at(metric.scale() * seed), HEIGHT / 2, 2.5, tip);
              }
              if (gain.hasInterval()) {
                svg.line(
                    "interval " + style,
                    at(metric.scale() * gain.low()),
                    HEIGHT / 2,
                    at(metric.scale() * gain.high()),
                    HEIGHT / 2);
              }
              String tip = gain.text(metric) + points + ", " + gain.interval(metric);
              svg.dot("gain " + style, at(metric.scale() * gain.mean()), HEIGHT / 2, 5.5, tip);
            });
    return svg.end();
  }

  /** The numbers under the lines. */
  String drawTicks() {
    StringBuilder ticks = new StringBuilder("<div class=\"ticks\" aria-hidden=\"true\">");
    for (double tick : axis.ticks()) {
      ticks
          .append("<span style=\"left:")
          .append(at(tick))
          .append("\">")
          .append(tick > 0 ? "+" : "")
          .append(Axis.text(tick))
          .append("</span>");
    }
    return ticks.append("</div>").toString();
  }

  private double[] seeds(Method method) {
    return method.runs().stream()
        .map(run -> new Method("", List.of(run), List.of()))
        .map(one -> one.over(table.baseline(), metric, RunResult::testLast))
        .flatMap(Optional::stream)
        .mapToDouble(Gain::mean)
        .toArray();
  }

  private String at(double gain) {
    // A little room, so that no dot is cut off at the edge.
    return Svg.percent(0.03 + 0.94 * axis.share(gain));
  }
}
