package org.kt4j.engine.text;

import java.util.Locale;

/** How numbers are written; the same everywhere, whatever the user's locale. */
public final class NumberFormats {

  private NumberFormats() {}

  /** {@code 93.39 %} of a share. */
  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }

  /** A loss with four digits that count: {@code 1.234}, {@code 0.01234}, {@code 1.234e-07}. */
  public static String loss(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }

  /** {@code 1,234,567}. */
  public static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** {@code 1234 images/s}; a decimal below ten. */
  public static String speed(double imagesPerSecond) {
    return String.format(Locale.ROOT, imagesPerSecond < 10 ? "%.1f" : "%.0f", imagesPerSecond);
  }

  /** {@code 0:07}, {@code 12:30}, {@code 1:02:03}. */
  public static String time(double seconds) {
    long whole = Math.round(seconds);
    long hours = whole / 3600;
    long minutes = whole / 60 % 60;
    return hours > 0
        ? String.format(Locale.ROOT, "%d:%02d:%02d", hours, minutes, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d", minutes, whole % 60);
  }

  /** {@code 163.2 MiB}. */
  public static String size(long bytes) {
    return bytes < 1 << 20
        ? String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0)
        : bytes < 1L << 30
            ? String.format(Locale.ROOT, "%.1f MiB", bytes / (1024.0 * 1024))
            : String.format(Locale.ROOT, "%.1f GiB", bytes / (1024.0 * 1024 * 1024));
  }
}
