package org.kt4j.imagelevel;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.kt4j.data.DataSplits;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.DataConfig;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.experiment.NetworkConfig;
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

/**
 * Creates the data, the student and the teachers of an experiment from its configuration, for
 * students that are one network on whole pictures.
 */
@Singleton
public final class NetworkFactory {

  private final Networks networks;
  private final Datasets datasets;
  private final ModelOpeners openers;
  private final ExperimentReader reader;

  /** Creates a factory that looks up names in these registries. */
  @Inject
  public NetworkFactory(
      Networks networks, Datasets datasets, ModelOpeners openers, ExperimentReader reader) {
    this.networks = networks;
    this.datasets = datasets;
    this.openers = openers;
    this.reader = reader;
  }

  /** Opens the data of an experiment. */
  public DataSplits data(ExperimentConfig config) {
    return data(config.data());
  }

  /** Opens a data set. */
  DataSplits data(DataConfig named) {
    return datasets.open(named.name(), named.options());
  }

  /** The normalization of its pictures. */
  public Normalization normalization(ExperimentConfig config) {
    return NetworkFit.normalization(config, datasets);
  }

  /**
   * The network of its student.
   *
   * @param outputs the number of its logits
   * @throws org.kt4j.config.ConfigurationException when it does not fit the data
   */
  public Network student(ExperimentConfig config, DataSplits data, int outputs) {
    NetworkFit.requireChannels("normalization", normalization(config), data);
    long steps = NetworkFit.steps(config, data.train().size());
    return NetworkFit.student(networks, config.student(), data.shape(), outputs, steps, "student");
  }

  /** A network of its own, such as one that is pruned. */
  Network network(NetworkConfig config, DataSplits data, int outputs) {
    return NetworkFit.network(networks, config, data.shape(), outputs, "student");
  }

  /** Its student with the initial weights, in floats: no range is known before training. */
  public Teacher untrained(ExperimentConfig config, DataSplits data, int outputs) {
    return NetworkTeacher.untrained(
        NetworkFit.network(networks, config.student().inFloats(), data.shape(), outputs, "student"),
        normalization(config),
        data.shape(),
        config.seed());
  }

  /**
   * Opens its teachers; the caller closes them. A teacher that is trained on demand must be trained
   * before it is mounted.
   *
   * @param runs the folder of the runs that are named by a configuration
   * @param outputs the number of their logits
   * @throws org.kt4j.config.ConfigurationException when one does not fit the data
   */
  public Teachers teachers(ExperimentConfig config, DataSplits data, Path runs, int outputs) {
    return Teachers.of(
        config,
        new SourceResolver(runs, reader),
        new NetworkTeachers(
            data, outputs, normalization(config), this::normalization, networks, openers));
  }

  /**
   * The student of a run.
   *
   * @param shape of its pictures
   * @param outputs the number of its logits
   * @param names of them; may be empty
   * @throws org.kt4j.engine.run.TrainingException when the run has finished no epoch
   */
  public TrainedNetwork trained(TrainedRun run, ImageShape shape, int outputs, List<String> names) {
    ExperimentConfig config = run.config();
    return new TrainedNetwork(
        NetworkFit.student(networks, config.student(), shape, outputs, 0, "student"),
        shape,
        normalization(config),
        Checkpoints.weightsOf(run.folder(), run.which()),
        names);
  }

  /** The size of a run's pictures, without its data where the run is complete. */
  public ImageShape shape(TrainedRun run) {
    return Optional.ofNullable(RunFolder.result(run.folder()).map(RunResult::pictures).orElse(null))
        .orElseGet(() -> data(run.config()).shape());
  }
}
