package org.kt4j.engine.task;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.kt4j.data.Split;
import org.kt4j.engine.experiment.DataConfig;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.TaskFacts;
import org.kt4j.engine.source.RunPlan;

/**
 * What a student learns to do: which experiments suit it, how one of them is trained and evaluated,
 * and what can be done with its students. The engine, the command line and the reports know tasks
 * by this interface alone.
 *
 * <p>A task is bound by a {@link TaskModule}, which {@link java.util.ServiceLoader} finds. It is
 * stateless; Guice gives its constructor what it needs.
 */
public interface Task {

  /** What configurations call it, {@code task: classification}: lower-case kebab case. */
  String name();

  /** What its scores are. */
  Metric metric();

  /** Names of the terms by which its students learn from labels; all others transfer. */
  List<String> labelTerms();

  /**
   * Whether an experiment that names no task is one of this task; of those on the class path at
   * most one should say so. A task that wants to be named says so of none.
   */
  boolean suits(ExperimentConfig config);

  /**
   * Checks everything that can be checked before any teacher is there.
   *
   * @throws org.kt4j.config.ConfigurationException when the configuration does not hold together
   */
  PreparedRun prepare(RunPlan plan);

  /**
   * Shows the student of a run to somebody who evaluates it.
   *
   * @throws org.kt4j.config.ConfigurationException when the part of the data has no pictures
   * @throws org.kt4j.engine.run.TrainingException when the run has finished no epoch
   */
  void evaluate(TrainedRun run, Split split, Consumer<Evaluator> visitor);

  /**
   * Shows the teachers of an experiment to somebody who evaluates them: each by itself, then, where
   * there are several, all together. A teacher that is trained on demand must have been trained.
   *
   * @param runs where runs are that are named by their configuration
   * @throws org.kt4j.config.ConfigurationException when one does not fit the data
   */
  void evaluateTeachers(
      ExperimentConfig config, Path runs, Split split, Consumer<Evaluator> visitor);

  /**
   * Writes the student of a run as a model that runs without kt4j, loads it back, and holds it
   * against the run. Nothing is left where they differ.
   *
   * @return what came of it
   * @throws org.kt4j.engine.export.ExportException when the folder is there and is not to be
   *     replaced, or an option makes no sense for this student
   * @throws org.kt4j.engine.export.ExportMismatchException when what was written does not compute
   *     what the run's student computes
   * @throws org.kt4j.engine.run.TrainingException when the run has finished no epoch
   */
  List<Fact> export(TrainedRun run, ExportRequest request);

  /**
   * Opens the student of a run.
   *
   * @throws org.kt4j.engine.run.TrainingException when the run has finished no epoch
   */
  Predictor predictor(TrainedRun run, PredictionOptions options);

  /**
   * Opens an export of this task.
   *
   * @param export a folder that holds a SavedModel
   * @return empty where it is none of this task's
   */
  Optional<Predictor> predictor(Path export, PredictionOptions options);

  /**
   * Opens the networks of an experiment for figures of their neurons.
   *
   * @param runs where runs are that are named by their configuration
   * @throws org.kt4j.config.ConfigurationException when a teacher does not fit the data
   */
  ObservableNetworks observe(ExperimentConfig config, Path runs);

  /**
   * Draws the first training pictures of a data set with their labels.
   *
   * @param file a PNG file; replaced when it is there
   * @throws org.kt4j.config.ConfigurationException when this task cannot learn from that data set
   */
  void drawSheet(DataConfig data, Path file);

  /** What its reports have to know. */
  default TaskFacts facts() {
    return new TaskFacts(name(), metric(), labelTerms());
  }
}
