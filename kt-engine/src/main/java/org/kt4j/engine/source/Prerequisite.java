package org.kt4j.engine.source;

import java.nio.file.Path;
import org.kt4j.engine.experiment.ExperimentConfig;

/**
 * A run that has to be trained before another.
 *
 * @param what it is, for people: {@code teacher}
 * @param config what
 * @param file where that stands
 * @param run its folder
 */
public record Prerequisite(String what, ExperimentConfig config, Path file, Path run) {}
