package org.kt4j.comparison.suite;

import org.kt4j.engine.task.TrainingListener;

/** Told how a suite goes; of the runs in this process also what a training tells. */
public interface SuiteListener extends TrainingListener {

  /** Hears nothing. */
  SuiteListener SILENT = new SuiteListener() {};

  /**
   * The suite begins.
   *
   * @param runs of the suite
   * @param complete those that were complete before
   */
  default void begins(int runs, int complete) {}

  /** A run begins, or goes on. */
  default void runBegins(PlannedRun run, int number, int runs) {}

  /** A run is complete. */
  default void runEnds(PlannedRun run, int number, int runs) {}

  /** A run failed; the others go on. */
  default void runFailed(PlannedRun run, Throwable failure) {}
}
