package org.kt4j.engine.training;

import java.util.Optional;
import org.kt4j.engine.run.RunResult;

/**
 * A result beside the one that it is compared with.
 *
 * @param result of the run
 * @param baseline of the configuration's baseline, if it names one
 */
public record Comparison(RunResult result, Optional<RunResult> baseline) {}
