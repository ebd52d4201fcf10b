package org.kt4j.engine.source;

import java.nio.file.Path;
import org.kt4j.engine.experiment.ExperimentConfig;

/**
 * A run that has to be trained before another.
 *
 * @param what its role in words: {@code teacher}
 * @param config of the run
 * @param file of the configuration
 * @param run its folder
 */
public record Prerequisite(String what, ExperimentConfig config, Path file, Path run) {}
