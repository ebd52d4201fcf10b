package org.kt4j.comparison.suite;

import java.nio.file.Path;
import org.kt4j.engine.experiment.ExperimentConfig;

/**
 * One run of a suite.
 *
 * @param method the row that it belongs to
 * @param seed of the run
 * @param config the whole experiment
 * @param folder where it goes; it follows from the configuration, so that a changed one is another
 *     run
 */
public record PlannedRun(String method, long seed, ExperimentConfig config, Path folder) {

  @Override
  public String toString() {
    return method + ", seed " + seed;
  }
}
