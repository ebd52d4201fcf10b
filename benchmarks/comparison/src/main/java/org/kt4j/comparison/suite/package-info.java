/**
 * Suites: the runs that a comparison is made of. {@link org.kt4j.comparison.suite.SuiteReader}
 * turns a YAML file into a {@link org.kt4j.comparison.suite.SuitePlan}, a table whose rows are
 * methods and whose cells are runs; {@link org.kt4j.comparison.suite.SuiteRunner} does those that
 * are not done.
 */
@NullMarked
package org.kt4j.comparison.suite;

import org.jspecify.annotations.NullMarked;
