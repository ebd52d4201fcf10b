package org.kt4j.comparison.figures;

import java.util.Locale;

/** How numbers stand in figures; the same everywhere, whatever the user's locale. */
final class Numbers {

  private Numbers() {}

  /** A distance or a cosine: {@code 0.61}. */
  static String hundredths(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  /** A place in a drawing: {@code 103.4}. */
  static String place(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  /** From one number to the next: {@code −54.1 %}. */
  static String change(double before, double after) {
    return before == 0
        ? "–"
        : String.format(Locale.ROOT, "%+.1f %%", 100 * (after / before - 1)).replace('-', '−');
  }
}
