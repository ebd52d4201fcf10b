package org.kt4j.engine.source;

import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.TrainingException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.Weights;

/**
 * A teacher, known before it is trained.
 *
 * @param name what terms call it
 * @param place where it stands in the configuration
 * @param weight its share where a term learns from several
 * @param allowWeak whether it may be at chance level
 * @param teacher whose weights are loaded when they are first needed
 * @param training what trains it, when it is trained on demand
 */
public record TeacherPlan(
    String name,
    String place,
    double weight,
    boolean allowWeak,
    Teacher teacher,
    @Nullable OnDemand training) {

  /**
   * A run that may have to be trained first.
   *
   * @param config what
   * @param file where that stands
   * @param run its folder
   */
  public record OnDemand(ExperimentConfig config, Path file, Path run) {}

  /** The runs that have to be trained before teachers can be asked. */
  public static List<Prerequisite> needs(List<TeacherPlan> plans) {
    List<Prerequisite> needs = new ArrayList<>();
    for (TeacherPlan plan : plans) {
      OnDemand training = plan.training();
      if (training != null) {
        needs.add(
            new Prerequisite("teacher", training.config(), training.file(), training.run()));
      }
    }
    return needs;
  }

  /**
   * The configuration of a run that must be there.
   *
   * @throws ConfigurationException when it is not
   */
  public static Path existing(String place, Path run) {
    Path config = RunFolder.config(run);
    if (!Files.exists(config)) {
      throw ConfigurationException.of(
          place
              + ".run: "
              + run
              + ": there is no run here (no config.yaml); fix: name a run folder, "
              + "or train one on demand with config");
    }
    return config;
  }

  /**
   * The weights of a run's student.
   *
   * @throws TrainingException when the run has finished no epoch
   */
  public static Weights weightsOf(Path run, Checkpoints.Which which) {
    return Checkpoints.of(run)
        .read(which)
        .orElseThrow(
            () ->
                new TrainingException(
                    run + ": this run has finished no epoch yet; fix: train it first"))
        .student(run.toString());
  }
}
