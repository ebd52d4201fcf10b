package org.kt4j.detection.data;

import java.util.Optional;
import java.util.regex.Pattern;

/** Numbers as annotation files write them. */
final class DecimalNumber {

  private static final Pattern FORM =
      Pattern.compile("[-+]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][-+]?[0-9]+)?");

  private DecimalNumber() {}

  /** The finite number that a text is; empty when it is something else. */
  static Optional<Double> of(String text) {
    // Double.parseDouble alone takes 1f and 0x1p3, too.
    return FORM.matcher(text).matches()
        ? Optional.of(Double.parseDouble(text)).filter(Double::isFinite)
        : Optional.empty();
  }

  /** A number in the form of files: 5 rather than 5.0. */
  static String text(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : Double.toString(number);
  }
}
