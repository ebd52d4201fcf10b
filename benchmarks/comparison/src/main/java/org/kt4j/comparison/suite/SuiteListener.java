package org.kt4j.comparison.suite;

import org.kt4j.engine.task.TrainingListener;

/** Receives the progress of a suite, and for runs in this process that of their training. */
public interface SuiteListener extends TrainingListener {

  /** A listener that ignores all events. */
  SuiteListener SILENT = new SuiteListener() {};

  /**
   * The suite begins.
   *
   * @param runs of the suite
   * @param complete those that were complete before
   */
  default void begins(int runs, int complete) {}

  /**
   * Not all caches could be filled for all runs at once; each run fills what is left of its own.
   */
  default void cachesNotFilled(Throwable failure) {}

  /** A run begins, or goes on. */
  default void runBegins(PlannedRun run, int number, int runs) {}

  /** A run is complete. */
  default void runEnds(PlannedRun run, int number, int runs) {}

  /** A run failed; the others go on. */
  default void runFailed(PlannedRun run, Throwable failure) {}
}
