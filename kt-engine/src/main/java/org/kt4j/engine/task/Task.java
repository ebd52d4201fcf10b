package org.kt4j.engine.task;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.FoundData;
import org.kt4j.data.Split;
import org.kt4j.engine.experiment.DataConfig;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.TaskFacts;
import org.kt4j.engine.source.RunPlan;

/**
 * What students learn to do, such as classification: which experiments belong to the task, how they
 * are trained, and how students are evaluated, exported and used. The engine, the command line and
 * the reports use tasks through this interface only.
 *
 * <p>A task is bound by a {@link TaskModule}, which {@link java.util.ServiceLoader} finds. It is
 * stateless; Guice gives its constructor what it needs.
 */
public interface Task {

  /** The name in configurations, {@code task: classification}: lower-case kebab case. */
  String name();

  /** The metric of its scores. */
  Metric metric();

  /** The names of the terms that learn from labels; all other terms learn from a teacher. */
  List<String> labelTerms();

  /**
   * Whether an experiment that names no task belongs to this one. At most one task on the class
   * path should return true for an experiment. A task that has to be named in configurations always
   * returns false.
   */
  boolean suits(ExperimentConfig config);

  /**
   * Checks everything that can be checked before the teachers are trained.
   *
   * @throws org.kt4j.config.ConfigurationException when the configuration does not hold together
   */
  PreparedRun prepare(RunPlan plan);

  /**
   * Opens the student of a run and passes it to a visitor.
   *
   * @throws org.kt4j.config.ConfigurationException when the part of the data has no pictures
   * @throws org.kt4j.engine.run.TrainingException when the run has finished no epoch
   */
  void evaluate(TrainedRun run, Split split, Consumer<Evaluator> visitor);

  /**
   * Opens the teachers of an experiment and passes them to a visitor: each by itself and then, if
   * there are several, all together. Teachers that are trained on demand must be trained already.
   *
   * @param runs the folder of the runs that are named by a configuration
   * @throws org.kt4j.config.ConfigurationException when one does not fit the data
   */
  void evaluateTeachers(
      ExperimentConfig config, Path runs, Split split, Consumer<Evaluator> visitor);

  /**
   * Writes the student of a run as a model that runs without kt4j, loads it, and compares it with
   * the run. Nothing is left if they differ.
   *
   * @return the facts to print
   * @throws org.kt4j.engine.export.ExportException when the folder is there and is not to be
   *     replaced, or an option makes no sense for this student
   * @throws org.kt4j.engine.export.ExportMismatchException when what was written does not compute
   *     what the run's student computes
   * @throws org.kt4j.engine.run.TrainingException when the run has finished no epoch
   */
  List<Fact> export(TrainedRun run, ExportRequest request);

  /**
   * Prepares the comparison of the student of a run with its exports and its teachers.
   *
   * @param runs the folder of the runs that are named by a configuration, for the teachers
   * @throws org.kt4j.config.ConfigurationException when the part of the data has no pictures
   * @throws org.kt4j.data.DataException when the data is not there
   */
  ComparedModels compared(TrainedRun run, Path runs, Split split);

  /**
   * Opens the student of a run.
   *
   * @throws org.kt4j.engine.run.TrainingException when the run has finished no epoch
   */
  Predictor predictor(TrainedRun run, PredictionOptions options);

  /**
   * Opens an export of this task.
   *
   * @param export a folder that holds a model of a known format
   * @return empty if it is not an export of this task
   */
  Optional<Predictor> predictor(Path export, PredictionOptions options);

  /**
   * A trained network to be pruned; the caller closes it.
   *
   * @param config the experiment whose data it is tried on
   * @param source the network
   * @throws org.kt4j.config.ConfigurationException when the task cannot prune
   */
  default PrunableNetwork prunable(ExperimentConfig config, PruneSource source) {
    throw ConfigurationException.of(
        "students of the task "
            + name()
            + " are not pruned: the task does not say how; fix: leave prune out, or let the task"
            + " implement Task.prunable");
  }

  /**
   * Opens the networks of an experiment for figures of their neurons.
   *
   * @param runs the folder of the runs that are named by a configuration
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

  /**
   * How this task would train on data that was found in a folder.
   *
   * @param data what was found
   * @param side height and width that pictures are to have, where that can be chosen; null for the
   *     task's own choice
   * @return empty if the task cannot learn from such data
   */
  default Optional<Recipe> recipe(FoundData data, @Nullable Integer side) {
    return Optional.empty();
  }

  /** What reports need to know of the task. */
  default TaskFacts facts() {
    return new TaskFacts(name(), metric(), labelTerms());
  }
}
