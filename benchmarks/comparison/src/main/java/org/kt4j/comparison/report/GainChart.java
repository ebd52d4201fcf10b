package org.kt4j.comparison.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.kt4j.engine.run.RunResult;

/** The gain of each method as a dot, its interval as a line, its seeds as small dots. */
final class GainChart {

  private static final double HEIGHT = 26;

  /** Gains that differ by less are the same, whatever their last digits. */
  private static final double LEAST = 1e-4;

  private final MethodTable table;
  private final Axis axis;

  GainChart(MethodTable table) {
    this.table = table;
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
    double room = Math.max(0, (LEAST - (high - low)) / 2);
    axis = Axis.around(100 * (low - room), 100 * (high + room), 5);
  }

  Axis axis() {
    return axis;
  }

  /** A method's line, to stand in a cell of a table. */
  String draw(Method method) {
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
                String tip = String.format(Locale.ROOT, "%+.2f points with one seed", 100 * seed);
                svg.dot("seed", at(100 * seed), HEIGHT / 2, 2.5, tip);
              }
              if (gain.hasInterval()) {
                svg.line(
                    "interval " + style,
                    at(100 * gain.low()),
                    HEIGHT / 2,
                    at(100 * gain.high()),
                    HEIGHT / 2);
              }
              String tip = gain.points() + " points, " + gain.interval();
              svg.dot("gain " + style, at(100 * gain.mean()), HEIGHT / 2, 5.5, tip);
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
        .map(one -> one.over(table.baseline(), RunResult::testLast))
        .flatMap(Optional::stream)
        .mapToDouble(Gain::mean)
        .toArray();
  }

  private String at(double points) {
    // A little room, so that no dot is cut off at the edge.
    return Svg.percent(0.03 + 0.94 * axis.share(points));
  }
}
