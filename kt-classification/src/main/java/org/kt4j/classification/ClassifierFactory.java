package org.kt4j.classification;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.kt4j.data.DataSplits;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.source.Teachers;
import org.kt4j.engine.task.TrainedRun;
import org.kt4j.imagelevel.FrozenNetworks;
import org.kt4j.imagelevel.NetworkFactory;
import org.kt4j.imagelevel.TrainedNetwork;

/** Creates classifiers, with a logit for each class of the data. */
@Singleton
public final class ClassifierFactory {

  private final NetworkFactory networks;

  /** Creates a factory that looks up names in these registries. */
  @Inject
  public ClassifierFactory(NetworkFactory networks) {
    this.networks = networks;
  }

  /** Opens the data of an experiment. */
  public DataSplits data(ExperimentConfig config) {
    return networks.data(config);
  }

  /** The normalization of its pictures. */
  public Normalization normalization(ExperimentConfig config) {
    return networks.normalization(config);
  }

  private static int outputs(DataSplits data) {
    return data.train().classes().size();
  }

  Teachers teachers(ExperimentConfig config, DataSplits data, Path runs) {
    return networks.teachers(config, data, runs, outputs(data));
  }

  /**
   * Evaluates the teachers of an experiment, together if there are several.
   *
   * @param runs the folder of the runs that are named by a configuration
   */
  public Evaluation evaluatedTeachers(
      ExperimentConfig config, DataSplits data, Path runs, ImageDataset pictures) {
    try (Teachers teachers = teachers(config, data, runs);
        FrozenNetworks answers = FrozenNetworks.of(data.shape(), teachers.plans())) {
      return Evaluation.of(new Ensemble(answers.members(), answers.shares()), pictures);
    }
  }

  /**
   * The student of a run.
   *
   * @param data that it was trained on
   * @throws org.kt4j.engine.run.TrainingException when the run has finished no epoch
   */
  public TrainedNetwork trained(TrainedRun run, DataSplits data) {
    return trained(run, data.shape(), data.train().classes());
  }

  /**
   * The student of a run, without its data where the run is complete.
   *
   * @throws org.kt4j.engine.run.TrainingException when the run has finished no epoch
   */
  public TrainedNetwork trained(TrainedRun run) {
    Optional<RunResult> result = RunFolder.result(run.folder());
    ImageShape shape = result.map(RunResult::pictures).orElse(null);
    return shape == null
        ? trained(run, data(run.config()))
        : trained(run, shape, result.orElseThrow().classes());
  }

  private TrainedNetwork trained(TrainedRun run, ImageShape shape, List<String> classes) {
    return networks.trained(run, shape, classes.size(), classes);
  }
}
