package org.kt4j.comparison.report;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Values on a line.
 *
 * @param low value at the start
 * @param high value at the end
 * @param ticks values between them that are round
 */
record Axis(double low, double high, List<Double> ticks) {

  /**
   * An axis that holds these values and ends at round ones.
   *
   * @param wanted about how many steps there should be between ticks
   */
  static Axis around(double smallest, double largest, int wanted) {
    double low = smallest;
    double high = largest;
    if (!(high > low)) {
      double room = Math.max(Math.abs(low) * 0.1, 1e-3);
      low -= room;
      high += room;
    }
    double step = niceStep((high - low) / wanted);
    long first = (long) Math.floor(low / step + 1e-9);
    long last = (long) Math.ceil(high / step - 1e-9);
    List<Double> ticks = new ArrayList<>();
    for (long i = first; i <= last; i++) {
      // By way of decimals, or 3 * 0.1 is 0.30000000000000004.
      ticks.add(BigDecimal.valueOf(step).multiply(BigDecimal.valueOf(i)).doubleValue());
    }
    return new Axis(ticks.get(0), ticks.get(ticks.size() - 1), List.copyOf(ticks));
  }

  /** The smallest of 1, 2 and 5 times a power of ten that is not less. */
  private static double niceStep(double least) {
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    for (double factor : new double[] {1, 2, 5}) {
      if (factor * power >= least * (1 - 1e-9)) {
        return BigDecimal.valueOf(factor * power).round(new java.math.MathContext(3)).doubleValue();
      }
    }
    return BigDecimal.valueOf(10 * power).round(new java.math.MathContext(3)).doubleValue();
  }

  /** Where a value stands, 0 at the start, 1 at the end. */
  double share(double value) {
    return (value - low) / (high - low);
  }

  /** Ticks without needless digits. */
  static String text(double tick) {
    double size = Math.abs(tick);
    return size != 0 && (size < 1e-3 || size >= 1e6)
        ? String.format(Locale.ROOT, "%.0e", tick)
        : BigDecimal.valueOf(tick).stripTrailingZeros().toPlainString();
  }
}
