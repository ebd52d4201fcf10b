package org.kt4j.engine.task;

import java.nio.file.Path;
import java.util.Locale;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.ExperimentConfig;

/**
 * A run and one of its checkpoints.
 *
 * @param folder of the run
 * @param config of the run
 * @param which the checkpoint
 */
public record TrainedRun(Path folder, ExperimentConfig config, Checkpoints.Which which) {

  /** The student in words: {@code resnet-8 of runs/here/seed-1, best checkpoint}. */
  public String described() {
    return config.student().network()
        + " of "
        + folder
        + ", "
        + which.name().toLowerCase(Locale.ROOT)
        + " checkpoint";
  }
}
