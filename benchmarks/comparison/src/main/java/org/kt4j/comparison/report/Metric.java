package org.kt4j.comparison.report;

import org.kt4j.engine.run.RunResult;

/**
 * What the numbers of a run measure, in the words of the reports.
 *
 * @param name as {@link RunResult#metric()} has it
 */
public record Metric(String name) {

  /** The share of the pictures that a classifier gets right. */
  static final Metric ACCURACY = new Metric(RunResult.ACCURACY);

  /** Mean average precision, of a detector. */
  static final Metric MAP = new Metric(RunResult.MEAN_AVERAGE_PRECISION);

  /** That of a run. */
  public static Metric of(RunResult result) {
    return new Metric(result.metric());
  }

  /** Whether it is that of a classifier. */
  public boolean isAccuracy() {
    return equals(ACCURACY);
  }

  /** Over a column of the test pictures: {@code test %}, {@code test mAP %}. */
  public String column() {
    return isAccuracy() ? "test %" : "test " + name + " %";
  }

  /** Where a sentence begins. */
  String atStart() {
    return isAccuracy() ? "Accuracy" : name;
  }
}
