/**
 * Comparisons of runs and their pages: {@link org.kt4j.comparison.report.ComparisonReport} of
 * several runs, {@link org.kt4j.comparison.report.RunReport} of one. Everything comes from the
 * files in the run folders; TensorFlow is not loaded.
 */
@NullMarked
package org.kt4j.comparison.report;

import org.jspecify.annotations.NullMarked;
