package org.kt4j.engine.training;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.config.ConfigurationException;
import org.kt4j.engine.data.Normalization;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.experiment.NetworkConfig;
import org.kt4j.engine.experiment.TeacherConfig;
import org.kt4j.engine.teacher.NpzFile;
import org.kt4j.engine.teacher.Weights;

/**
 * Where a teacher will come from, known before it is loaded or trained.
 *
 * @param network its architecture
 * @param normalization of its input, when it is not the student's
 * @param source for messages
 * @param config what trains it, when it is trained on demand
 * @param configFile where that stands
 * @param run its run folder, when it has one
 * @param weights its file, when it has one
 */
record TeacherPlan(
    NetworkConfig network,
    Optional<Normalization> normalization,
    String source,
    @Nullable ExperimentConfig config,
    @Nullable Path configFile,
    @Nullable Path run,
    @Nullable Path weights) {

  static TeacherPlan of(TeacherConfig teacher, Path runs, ExperimentReader reader) {
    TeacherConfig.Keys keys = teacher.keys();
    Optional<Normalization> own = Optional.ofNullable(keys.normalization());
    Path weights = keys.weights();
    if (weights != null) {
      NetworkConfig network = teacher.network().orElseThrow();
      return new TeacherPlan(
          network, own, network.network() + " from " + weights, null, null, null, weights);
    }
    Path configFile = keys.config();
    if (configFile != null) {
      ExperimentConfig config = reader.read(configFile, Map.of());
      Path run = RunPlan.folder(runs, configFile, config, reader);
      return ofRun(config, own, run, configFile);
    }
    Path run = keys.run();
    if (run == null) {
      throw new IllegalStateException("a teacher's configuration has one source");
    }
    return ofRun(reader.readResolved(existing(run)), own, run, null);
  }

  private static Path existing(Path run) {
    Path config = RunFolder.config(run);
    if (!java.nio.file.Files.exists(config)) {
      throw ConfigurationException.of(
          "teacher.run: "
              + run
              + ": there is no run here (no config.yaml); fix: name a run folder, "
              + "or train one on demand with teacher.config");
    }
    return config;
  }

  private static TeacherPlan ofRun(
      ExperimentConfig config, Optional<Normalization> own, Path run, @Nullable Path configFile) {
    return new TeacherPlan(
        config.student(),
        own.or(() -> Optional.ofNullable(config.normalization())),
        config.student().network() + " from " + run,
        configFile == null ? null : config,
        configFile,
        run,
        null);
  }

  /** Loads the weights; the run, if there is one, is complete by now. */
  Weights load() {
    if (weights != null) {
      return NpzFile.read(weights);
    }
    if (run == null) {
      throw new IllegalStateException("a teacher's plan has a file or a run");
    }
    return weightsOf(run, Checkpoints.Which.BEST);
  }

  /** The student of a run. */
  static Weights weightsOf(Path run, Checkpoints.Which which) {
    return RunFolder.checkpoints(run)
        .read(which)
        .orElseThrow(
            () ->
                new TrainingException(
                    run + ": this run has finished no epoch yet; fix: train it first"))
        .student(run.toString());
  }
}
