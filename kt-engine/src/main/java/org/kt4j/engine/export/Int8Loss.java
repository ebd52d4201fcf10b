package org.kt4j.engine.export;

import java.util.Locale;

/**
 * What computing in 8 bits costs on pictures that no range was taken from.
 *
 * @param score what is measured: {@code accuracy}
 * @param original of what was exported, 0 to 1
 * @param exported of the export, 0 to 1
 * @param count of the pictures
 * @param pictures what they were
 * @param allowed points that may be lost
 */
public record Int8Loss(
    String score, double original, double exported, int count, String pictures, double allowed) {

  /** Points that are lost; negative where there are more than before. */
  public double points() {
    return 100 * (original - exported);
  }

  /** Whether they are no more than may be lost. */
  public boolean isAllowed() {
    return points() <= allowed + 1e-9;
  }

  /**
   * What is said where they are more.
   *
   * @param further what else can be done, with a comma behind it; empty where there is nothing
   */
  public String failure(String further) {
    return String.format(
        Locale.ROOT,
        "in 8 bits %.2f points of %s are lost: %.2f instead of %.2f %% on %d pictures (%s),"
            + " allowed: %s; nothing was written; fix: more pictures (--calibration), another"
            + " range (--range percentile-99.99), --float-ends, %sor a larger --allowed-loss",
        points(),
        score,
        100 * exported,
        100 * original,
        count,
        pictures,
        allowed,
        further.isEmpty() ? "" : further + " ");
  }
}
