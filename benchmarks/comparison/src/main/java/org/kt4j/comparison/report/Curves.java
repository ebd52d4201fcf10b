package org.kt4j.comparison.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.Metric;

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

  /** One curve for each term, in the order of the objective. */
  static List<Panel.Curve> terms(List<RunRecord> runs) {
    Set<String> labels = new LinkedHashSet<>();
    runs.forEach(run -> run.metrics().forEach(epoch -> labels.addAll(epoch.terms().keySet())));
    List<Panel.Curve> curves = new ArrayList<>();
    for (String label : labels) {
      String style = "series-" + (curves.size() % 6);
      curves.add(of(label, style, runs, epoch -> epoch.terms().getOrDefault(label, Double.NaN)));
    }
    return curves;
  }
}
