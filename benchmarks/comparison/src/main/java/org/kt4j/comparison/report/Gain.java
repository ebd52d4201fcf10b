package org.kt4j.comparison.report;

import org.apache.commons.statistics.distribution.TDistribution;
import org.kt4j.engine.run.Metric;

/**
 * By how much a method is better than another, paired: each seed against the same seed, which takes
 * away what a lucky start gives to both. Positive is better, whichever scores of a metric are.
 *
 * @param mean of the differences
 * @param deviation of the differences, with n-1; NaN for a single pair
 * @param low end of the 95 % confidence interval of the mean, by Student's t; NaN for a single pair
 * @param high its other end
 * @param pairs seeds that both have
 */
record Gain(double mean, double deviation, double low, double high, int pairs) {

  private static final double CONFIDENCE = 0.95;

  /** What the interval says. */
  enum Verdict {
    HELPS,
    HURTS,
    /** The interval holds zero, or there is none. */
    UNCLEAR
  }

  static Gain of(double... differences) {
    Spread spread = Spread.of(differences);
    int pairs = spread.count();
    if (pairs == 1) {
      return new Gain(spread.mean(), Double.NaN, Double.NaN, Double.NaN, 1);
    }
    double quantile =
        TDistribution.of(pairs - 1).inverseCumulativeProbability((1 + CONFIDENCE) / 2);
    double half = quantile * spread.deviation() / Math.sqrt(pairs);
    return new Gain(
        spread.mean(), spread.deviation(), spread.mean() - half, spread.mean() + half, pairs);
  }

  Verdict verdict() {
    return low > 0 ? Verdict.HELPS : high < 0 ? Verdict.HURTS : Verdict.UNCLEAR;
  }

  boolean hasInterval() {
    return pairs > 1;
  }

  /** {@code +5.46}. */
  String text(Metric metric) {
    return metric.signed(mean);
  }

  /** {@code +4.70 to +6.22}. */
  String interval(Metric metric) {
    return hasInterval() ? metric.signed(low) + " to " + metric.signed(high) : "-";
  }
}
