package org.kt4j.comparison.suite;

/** How a run of a suite is done. */
@FunctionalInterface
public interface RunLauncher {

  /**
   * Trains one run to its end.
   *
   * @throws RuntimeException when it fails, with a message for people
   * @throws InterruptedException when the suite is stopped
   */
  void train(PlannedRun run) throws InterruptedException;
}
