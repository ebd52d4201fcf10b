package org.kt4j.engine.source;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.RunSource;
import org.kt4j.engine.experiment.StartConfig;
import org.kt4j.engine.experiment.WeightSource;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.weights.FileWeights;

/**
 * The weights that a student begins with, from a run or a file.
 *
 * @param source where they come from, for messages
 * @param needs the runs that have to be trained before
 * @param weights read when they are needed
 */
public record StartingPoint(String source, List<Prerequisite> needs, Supplier<Weights> weights) {

  /** The starting point of an experiment; null where a student begins with random weights. */
  public static @Nullable StartingPoint of(ExperimentConfig config, SourceResolver sources) {
    StartConfig start = config.start();
    if (start == null) {
      return null;
    }
    if (start.source() instanceof WeightSource.OfWeights file) {
      NetworkFit.requireWeights("start.weights", file.weights());
      FileWeights weights = FileWeights.of("start", file);
      return new StartingPoint(file.weights() + weights.said(), List.of(), weights);
    }
    if (start.source() instanceof RunSource named) {
      SourceRun run = sources.run("start", named);
      Prerequisite needed = run.needed("starting point");
      return new StartingPoint(
          run.folder().toString(), needed == null ? List.of() : List.of(needed), run::weights);
    }
    throw new IllegalStateException("no such source of weights: " + start.source());
  }

  /**
   * The values of those student variables whose name and shape fit.
   *
   * @throws ConfigurationException when there are none: these are the weights of another network
   */
  public Map<Variable, float[]> of(Variables student) {
    Map<Variable, float[]> values = weights.get().fitting(student);
    if (values.isEmpty()) {
      throw ConfigurationException.of(
          "start: "
              + source
              + ": none of its weights has the name and the shape of one of the student's; fix:"
              + " name a run of the same network, or of the same backbone");
    }
    return values;
  }
}
