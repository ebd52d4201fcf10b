package org.kt4j.engine.training;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.run.TermGradients;

/** What TensorBoard is shown of a run, against the number of steps. */
final class RunEvents implements AutoCloseable {

  private final EventFile file;
  private final String metric;

  /**
   * Opens the event file of a run that begins or continues.
   *
   * @param run the run's folder
   * @param steps that are done
   * @param metric what the scores are, see {@link RunResult#metric()}
   */
  RunEvents(Path run, long steps, Metric metric) {
    this.metric = metric.name();
    file = new EventFile(RunFolder.events(run), steps == 0 ? 0 : steps + 1);
  }

  void epoch(EpochMetrics metrics) {
    Map<String, Double> scalars = new LinkedHashMap<>();
    metrics.terms().forEach((label, mean) -> scalars.put("term/" + label, mean));
    scalars.put("objective", metrics.objective());
    putIfKnown(scalars, metric + "/train", metrics.trainScore());
    scalars.put(metric + "/held-out", metrics.heldOutScore());
    metrics.heldOut().forEach((name, value) -> scalars.put(name + "/held-out", value));
    putIfKnown(scalars, "agreement/held-out", metrics.agreement());
    TermGradients gradients = metrics.gradients();
    metrics.weights().forEach((label, weight) -> scalars.put("weight/" + label, weight));
    if (gradients != null) {
      gradients.norms().forEach((label, norm) -> scalars.put("gradient/" + label, norm));
      gradients
          .cosines()
          .forEach(
              (label, others) ->
                  others.forEach(
                      (other, cosine) ->
                          scalars.put("gradient-cosine/" + label + "_" + other, cosine)));
    }
    scalars.put("learning-rate", metrics.learningRate());
    scalars.put("images-per-second", metrics.imagesPerSecond());
    file.add(metrics.steps(), scalars);
  }

  void result(long steps, RunResult result) {
    Map<String, Double> scalars = new LinkedHashMap<>();
    scalars.put(metric + "/test-last-epoch", result.testLast());
    scalars.put(metric + "/test-best-epoch", result.testBest());
    putIfKnown(scalars, metric + "/test-teacher", result.teacherTest());
    putIfKnown(scalars, "agreement/test", result.agreementLast());
    file.add(steps, scalars);
  }

  private static void putIfKnown(Map<String, Double> scalars, String tag, @Nullable Double value) {
    if (value != null) {
      scalars.put(tag, value);
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
