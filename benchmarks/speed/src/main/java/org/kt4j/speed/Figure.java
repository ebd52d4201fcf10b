package org.kt4j.speed;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One row of a report.
 *
 * @param section of the benchmark that it belongs to
 * @param name what was measured
 * @param unit of the numbers; empty for a ratio
 * @param values from each round; null when it could not be measured
 * @param target what is wanted of the median, if anything
 * @param remark why it was not measured, or where the number comes from
 */
record Figure(
    String section,
    String name,
    String unit,
    @Nullable Samples values,
    @Nullable Target target,
    String remark) {

  /** What is wanted. */
  record Target(boolean atLeast, double limit) {

    static Target atLeast(double limit) {
      return new Target(true, limit);
    }

    static Target atMost(double limit) {
      return new Target(false, limit);
    }

    boolean met(double value) {
      return atLeast ? value >= limit : value <= limit;
    }

    @Override
    public String toString() {
      return (atLeast ? "≥ " : "≤ ") + number(limit);
    }
  }

  /** A figure that informs only. */
  static Figure of(String section, String name, String unit, Samples values) {
    return new Figure(section, name, unit, values, null, "");
  }

  /** A figure that was taken once. */
  static Figure of(String section, String name, String unit, double value) {
    return of(section, name, unit, new Samples(new double[] {value}));
  }

  /** A figure that cannot be had here. */
  static Figure missing(String section, String name, String unit, String why) {
    return new Figure(section, name, unit, null, null, why);
  }

  /** With a target. */
  Figure wanted(Target wanted) {
    return new Figure(section, name, unit, values, wanted, remark);
  }

  /** With a remark. */
  Figure noting(String note) {
    return new Figure(section, name, unit, values, target, note);
  }

  /** Three significant digits or a whole number. */
  static String number(double value) {
    double size = Math.abs(value);
    int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    String digits = String.format(Locale.ROOT, "%." + decimals + "f", value);
    return digits.contains(".") ? digits.replaceFirst("\\.?0+$", "") : digits;
  }
}
