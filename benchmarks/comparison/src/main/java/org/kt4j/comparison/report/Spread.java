package org.kt4j.comparison.report;

import java.util.Arrays;
import java.util.Locale;
import org.kt4j.engine.run.Metric;

/**
 * What several seeds came to.
 *
 * @param count of values
 * @param mean of them
 * @param deviation standard deviation of the sample, with n-1; NaN for a single value
 */
public record Spread(int count, double mean, double deviation) {

  /**
   * Of these values.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static Spread of(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("the mean of no values");
    }
    double mean = Arrays.stream(values).average().orElseThrow();
    double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
    return new Spread(
        values.length,
        mean,
        values.length == 1 ? Double.NaN : Math.sqrt(squares / (values.length - 1)));
  }

  /** {@code 76.56 ± 0.19} of scores; without a deviation where there is one value. */
  String text(Metric metric) {
    String text = metric.cell(mean);
    return count == 1 ? text : text + " ± " + metric.cell(deviation);
  }

  /** The same of shares, such as agreement, whatever the scores are. */
  String percent() {
    String text = String.format(Locale.ROOT, "%.2f", 100 * mean);
    return count == 1 ? text : text + String.format(Locale.ROOT, " ± %.2f", 100 * deviation);
  }
}
