/**
 * Suites of runs, the statistics that compare them and the reports that show them; and JMH
 * benchmarks of the transfer losses and of the training step, each with its equality check before
 * its timing.
 *
 * <p>The package holds no code yet.
 */
@NullMarked
package org.kt4j.benchmarks;

import org.jspecify.annotations.NullMarked;
