package org.kt4j.engine.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.config.ConfigurationException;
import org.kt4j.engine.data.DataSplits;
import org.kt4j.engine.data.ImageShape;
import org.kt4j.engine.data.Normalization;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.NetworkConfig;
import org.kt4j.engine.experiment.TeacherSource;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.registry.Networks;
import org.kt4j.engine.teacher.ModelTeacher;
import org.kt4j.engine.teacher.NetworkTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.Weights;

/** The teachers of one experiment, in the order of the configuration; closes them. */
public final class Teachers implements AutoCloseable {

  private final List<TeacherPlan> plans;

  private Teachers(List<TeacherPlan> plans) {
    this.plans = plans;
  }

  /**
   * Opens every teacher; models are loaded, networks of ours wait for their weights.
   *
   * @param sources finds the runs that teachers come from
   * @param usual the normalization of those that name none
   * @throws ConfigurationException when one does not fit the data
   */
  static Teachers of(
      ExperimentConfig config,
      DataSplits data,
      SourceResolver sources,
      Normalization usual,
      Networks networks) {
    return new Teachers(TeacherPlan.all(config, sources, new Classifiers(data, usual, networks)));
  }

  /** Makes teachers that classify the pictures of the data. */
  private record Classifiers(DataSplits data, Normalization usual, Networks networks)
      implements TeacherMaker {

    @Override
    public Teacher ofRun(String place, TrainedRun run, @Nullable Normalization own) {
      Normalization trained = run.config().normalization();
      return new NetworkTeacher(
          run.described(),
          network(networks, run.config().student(), data, place),
          data.shape(),
          checked(place, own, trained != null ? trained : usual),
          run::weights);
    }

    @Override
    public Teacher ofWeights(
        String place,
        TeacherSource.OfWeights source,
        Supplier<Weights> weights,
        @Nullable Normalization own) {
      return new NetworkTeacher(
          source.described(UnaryOperator.identity()),
          network(networks, source.network(), data, place),
          data.shape(),
          checked(place, own, usual),
          weights);
    }

    @Override
    public Teacher ofModel(
        String place, TeacherSource.OfModel source, @Nullable Normalization own) {
      return ModelTeacher.open(
          place,
          source.model(),
          source.engine(),
          source.input(),
          source.outputs(),
          checked(place, own, usual),
          data.shape(),
          data.train().classes().size());
    }

    private Normalization checked(
        String place, @Nullable Normalization own, Normalization otherwise) {
      if (own == null) {
        return otherwise;
      }
      requireChannels(place + ".normalization", own, data);
      return own;
    }
  }

  /** A network that fits the data. */
  static Network network(Networks networks, NetworkConfig config, DataSplits data, String who) {
    return network(networks, config, data.shape(), data.train().classes().size(), who);
  }

  /** A network for pictures of a size. */
  static Network network(
      Networks networks, NetworkConfig config, ImageShape shape, int classes, String who) {
    try {
      return networks.create(config.network(), config.options(), shape, classes);
    } catch (IllegalArgumentException e) {
      throw ConfigurationException.of(
          who
              + ": "
              + config.network()
              + " does not fit pictures of "
              + shape
              + ": "
              + e.getMessage());
    }
  }

  /** One mean and one deviation for each channel. */
  static void requireChannels(String place, Normalization normalization, DataSplits data) {
    int channels = data.shape().channels();
    if (normalization.channels() != channels) {
      throw ConfigurationException.of(
          place
              + ": "
              + normalization.channels()
              + " channels do not fit the "
              + channels
              + " of "
              + data.train().name()
              + "; give one mean and one std per channel");
    }
  }

  /** In the order of the configuration. */
  List<TeacherPlan> plans() {
    return plans;
  }

  /** By name, in the order of the configuration; the only one may be {@code teacher}. */
  public Map<String, Teacher> byName() {
    Map<String, Teacher> teachers = new LinkedHashMap<>();
    plans.forEach(plan -> teachers.put(plan.name(), plan.teacher()));
    return teachers;
  }

  @Override
  public void close() {
    plans.forEach(plan -> plan.teacher().close());
  }
}
