/**
 * What a comparison says, and pages that say it: {@link
 * org.kt4j.benchmarks.report.ComparisonReport} of several runs, {@link
 * org.kt4j.benchmarks.report.RunReport} of one. Everything comes from the files in the run folders;
 * TensorFlow is not loaded.
 */
@NullMarked
package org.kt4j.benchmarks.report;

import org.jspecify.annotations.NullMarked;
