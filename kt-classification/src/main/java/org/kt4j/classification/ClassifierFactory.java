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
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.model.ModelOpeners;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.registry.Datasets;
import org.kt4j.engine.registry.Networks;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.source.NetworkFit;
import org.kt4j.engine.source.SourceResolver;
import org.kt4j.engine.source.Teachers;
import org.kt4j.engine.task.TrainedRun;
import org.kt4j.engine.teacher.NetworkTeacher;
import org.kt4j.engine.teacher.Teacher;

/** Makes the data, the student and the teachers of an experiment out of its configuration. */
@Singleton
public final class ClassifierFactory {

  private final Networks networks;
  private final Datasets datasets;
  private final ModelOpeners openers;
  private final ExperimentReader reader;

  /** Makes what these know. */
  @Inject
  public ClassifierFactory(
      Networks networks, Datasets datasets, ModelOpeners openers, ExperimentReader reader) {
    this.networks = networks;
    this.datasets = datasets;
    this.openers = openers;
    this.reader = reader;
  }

  /** Opens the data of an experiment. */
  public DataSplits data(ExperimentConfig config) {
    return datasets.open(config.data().name(), config.data().options());
  }

  /** What its pictures are normalised by. */
  public Normalization normalization(ExperimentConfig config) {
    return NetworkFit.normalization(config, datasets);
  }

  /**
   * The network of its student.
   *
   * @throws org.kt4j.config.ConfigurationException when it does not fit the data
   */
  Network student(ExperimentConfig config, DataSplits data) {
    NetworkFit.requireChannels("normalization", normalization(config), data);
    return NetworkFit.network(networks, config.student(), data, "student");
  }

  /** Its student with the values that training begins with. */
  Teacher untrained(ExperimentConfig config, DataSplits data) {
    return NetworkTeacher.untrained(
        student(config, data), normalization(config), data.shape(), config.seed());
  }

  /**
   * Opens its teachers; the caller closes them. One that is trained on demand must have been trained
   * before it is mounted.
   *
   * @param runs where runs are that are named by their configuration
   * @throws org.kt4j.config.ConfigurationException when one does not fit the data
   */
  Teachers teachers(ExperimentConfig config, DataSplits data, Path runs) {
    return Teachers.of(
        config,
        new SourceResolver(runs, reader),
        new ClassifierTeachers(data, normalization(config), networks, openers));
  }

  /**
   * What the teachers of an experiment say of pictures, all together where there are several.
   *
   * @param runs where runs are that are named by their configuration
   */
  public Evaluation evaluatedTeachers(
      ExperimentConfig config, DataSplits data, Path runs, ImageDataset pictures) {
    try (Teachers teachers = teachers(config, data, runs);
        FrozenClassifiers answers = new FrozenClassifiers(data.shape(), teachers.plans())) {
      return Evaluation.of(answers.together(), pictures);
    }
  }

  /**
   * The student of a run.
   *
   * @param data that it was trained on
   * @throws org.kt4j.engine.run.TrainingException when the run has finished no epoch
   */
  public TrainedClassifier trained(TrainedRun run, DataSplits data) {
    return trained(run, data.shape(), data.train().classes());
  }

  /**
   * The student of a run, without its data where the run is complete.
   *
   * @throws org.kt4j.engine.run.TrainingException when the run has finished no epoch
   */
  public TrainedClassifier trained(TrainedRun run) {
    Optional<RunResult> result = RunFolder.result(run.folder());
    ImageShape shape = result.map(RunResult::pictures).orElse(null);
    return shape == null
        ? trained(run, data(run.config()))
        : trained(run, shape, result.orElseThrow().classes());
  }

  private TrainedClassifier trained(TrainedRun run, ImageShape shape, List<String> classes) {
    ExperimentConfig config = run.config();
    return new TrainedClassifier(
        NetworkFit.network(networks, config.student(), shape, classes.size(), "student"),
        shape,
        normalization(config),
        Checkpoints.weightsOf(run.folder(), run.which()),
        classes);
  }
}
