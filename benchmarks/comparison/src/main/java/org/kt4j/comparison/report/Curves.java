package org.kt4j.comparison.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.TermGradients;

/** The metrics of runs as curves. */
final class Curves {

  private Curves() {}

  static Panel.Curve of(
      String name, String style, List<RunRecord> runs, ToDoubleFunction<EpochMetrics> value) {
    List<Map<Integer, Double>> seeds = new ArrayList<>();
    for (RunRecord run : runs) {
      Map<Integer, Double> epochs = new TreeMap<>();
      for (EpochMetrics epoch : run.metrics()) {
        double at = value.applyAsDouble(epoch);
        if (!Double.isNaN(at)) {
          epochs.put(epoch.epoch(), at);
        }
      }
      seeds.add(epochs);
    }
    return Panel.Curve.of(name, style, seeds);
  }

  static Panel.Curve heldOut(String name, String style, List<RunRecord> runs, Metric metric) {
    return of(name, style, runs, epoch -> metric.scale() * epoch.heldOutScore());
  }

  static Panel.Curve training(String name, String style, List<RunRecord> runs, Metric metric) {
    return of(
        name,
        style,
        runs,
        epoch -> {
          Double score = epoch.trainScore();
          return score == null ? Double.NaN : metric.scale() * score;
        });
  }

  /** What percentage of all gradients each term has; empty where nobody looked. */
  static List<Panel.Curve> gradientShares(List<RunRecord> runs) {
    boolean looked =
        runs.stream()
            .flatMap(run -> run.metrics().stream())
            .anyMatch(epoch -> epoch.gradients() != null);
    return looked
        ? terms(
            runs,
            (epoch, label) -> {
              TermGradients gradients = epoch.gradients();
              return gradients == null || !gradients.norms().containsKey(label)
                  ? Double.NaN
                  : 100 * gradients.share(label);
            })
        : List.of();
  }

  /** One curve for each term, in the order of the objective. */
  static List<Panel.Curve> terms(List<RunRecord> runs) {
    return terms(runs, (epoch, label) -> epoch.terms().getOrDefault(label, Double.NaN));
  }

  private static List<Panel.Curve> terms(
      List<RunRecord> runs, ToDoubleBiFunction<EpochMetrics, String> value) {
    Set<String> labels = new LinkedHashSet<>();
    runs.forEach(run -> run.metrics().forEach(epoch -> labels.addAll(epoch.terms().keySet())));
    List<Panel.Curve> curves = new ArrayList<>();
    for (String label : labels) {
      String style = "series-" + (curves.size() % 6);
      curves.add(of(label, style, runs, epoch -> value.applyAsDouble(epoch, label)));
    }
    return curves;
  }
}
