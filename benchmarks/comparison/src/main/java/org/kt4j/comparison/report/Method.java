package org.kt4j.comparison.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.RunResult;

/**
 * A row: one method over its seeds.
 *
 * @param name of the row
 * @param runs those that are complete
 * @param gaps what became of the others, in words
 */
record Method(String name, List<RunRecord> runs, List<String> gaps) {

  Method {
    runs = List.copyOf(runs);
    gaps = List.copyOf(gaps);
  }

  boolean isEmpty() {
    return runs.isEmpty();
  }

  double[] values(ToDoubleFunction<RunResult> of) {
    return runs.stream()
        .map(RunRecord::result)
        .mapToDouble(r -> of.applyAsDouble(r.orElseThrow()))
        .toArray();
  }

  /** Empty when no run has the value, or there is none. */
  Optional<Spread> spread(ToDoubleFunction<RunResult> of) {
    double[] values = values(of);
    boolean known = values.length > 0;
    for (double value : values) {
      known &= !Double.isNaN(value);
    }
    return known ? Optional.of(Spread.of(values)) : Optional.empty();
  }

  /**
   * Over the seeds that both have; empty when there is none.
   *
   * @param metric what the values are scores of
   */
  Optional<Gain> over(Method baseline, Metric metric, ToDoubleFunction<RunResult> of) {
    List<Double> differences = new ArrayList<>();
    for (RunRecord run : runs) {
      for (RunRecord other : baseline.runs) {
        if (run.seed() == other.seed()) {
          differences.add(
              metric.gain(
                  of.applyAsDouble(run.result().orElseThrow()),
                  of.applyAsDouble(other.result().orElseThrow())));
        }
      }
    }
    return differences.isEmpty()
        ? Optional.empty()
        : Optional.of(Gain.of(differences.stream().mapToDouble(Double::doubleValue).toArray()));
  }

  double meanOf(ToDoubleFunction<RunRecord> of) {
    return runs.stream().mapToDouble(of).average().orElse(Double.NaN);
  }
}
