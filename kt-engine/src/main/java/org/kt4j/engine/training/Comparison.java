package org.kt4j.engine.training;

import java.util.Optional;
import org.kt4j.engine.run.RunResult;

/**
 * The result of a run, and that of its baseline.
 *
 * @param result of the run
 * @param baseline of the configuration's baseline, if it names one
 */
public record Comparison(RunResult result, Optional<RunResult> baseline) {}
