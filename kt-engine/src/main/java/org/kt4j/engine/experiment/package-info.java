/**
 * An experiment as data: which pictures, which teacher, which student, which objective in which
 * phases, which optimizer. Read from YAML by {@link org.kt4j.engine.experiment.ExperimentReader},
 * or put together in Java.
 *
 * <p>Paths: what a configuration names with {@code config} is found from the folder of that
 * configuration; everything else (data, runs, weights) from the working directory.
 */
@NullMarked
package org.kt4j.engine.experiment;

import org.jspecify.annotations.NullMarked;
