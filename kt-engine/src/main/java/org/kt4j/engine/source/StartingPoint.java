package org.kt4j.engine.source;

import org.kt4j.engine.task.PreparedRun;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.experiment.StartConfig;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.teacher.NpzFile;
import org.kt4j.engine.teacher.Weights;

/**
 * The weights that a student begins with.
 *
 * @param source where they come from, for messages
 * @param needs what has to be trained before
 * @param weights are read when they are needed
 */
public record StartingPoint(String source, List<Prerequisite> needs, Supplier<Weights> weights) {

  /**
   * The starting point of an experiment; null where a student begins with random weights.
   *
   * @param runs where runs are that are named by their configuration
   */
  public static @Nullable StartingPoint of(ExperimentConfig config, Path runs, ExperimentReader reader) {
    StartConfig start = config.start();
    if (start == null) {
      return null;
    }
    Path file = start.weights();
    if (file != null) {
      return new StartingPoint(file.toString(), List.of(), () -> NpzFile.read(file));
    }
    Path run = start.run();
    if (run != null) {
      TeacherPlan.existing("start", run);
      return ofRun(run, List.of());
    }
    Path other = start.config();
    if (other == null) {
      throw new IllegalStateException("a starting point has one source");
    }
    ExperimentConfig trained = reader.read(other, Map.of());
    Path folder = RunPlan.folder(runs, other, trained, reader);
    return ofRun(folder, List.of(new Prerequisite("starting point", trained, other, folder)));
  }

  private static StartingPoint ofRun(Path run, List<Prerequisite> needs) {
    return new StartingPoint(
        run.toString(), needs, () -> TeacherPlan.weightsOf(run, Checkpoints.Which.BEST));
  }

  /**
   * The values of the student's variables that are known here.
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
