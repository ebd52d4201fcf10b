package org.kt4j.comparison.suite;

import java.util.Map;

/**
 * How a suite ended.
 *
 * @param failures what became of the runs that failed
 * @param seconds of the whole suite
 * @param secondsOfRuns of the runs that were trained, teachers and launching of processes not
 *     counted
 * @param trained runs that were trained now
 */
public record SuiteOutcome(
    Map<PlannedRun, String> failures, double seconds, double secondsOfRuns, int trained) {}
