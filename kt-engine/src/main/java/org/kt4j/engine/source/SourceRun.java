package org.kt4j.engine.source;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.teacher.Weights;

/**
 * A run that another one uses: as a teacher, a starting point or a baseline.
 *
 * @param config of the run
 * @param folder where its files are
 * @param file where its configuration stands, if it is trained when it is needed; null for a run
 *     that is named by its folder
 */
public record SourceRun(ExperimentConfig config, Path folder, @Nullable Path file) {

  /** Its student and where that comes from, for messages: {@code resnet-56 from runs/teacher}. */
  public String described() {
    return config.student().network() + " from " + folder;
  }

  /**
   * The weights of its student at the best epoch.
   *
   * @throws org.kt4j.engine.run.TrainingException when the run has finished no epoch
   */
  public Weights weights() {
    return Checkpoints.weightsOf(folder, Checkpoints.Which.BEST);
  }

  /**
   * The run as a prerequisite; null if it is named by its folder.
   *
   * @param what the role of the run in words
   */
  public @Nullable Prerequisite needed(String what) {
    return file == null ? null : new Prerequisite(what, config, file, folder);
  }
}
