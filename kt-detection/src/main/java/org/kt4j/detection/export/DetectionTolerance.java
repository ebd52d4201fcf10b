package org.kt4j.detection.export;

import java.util.Locale;
import org.kt4j.engine.cache.Precision;

/**
 * How far the detections of two detectors may be apart and still count as the same.
 *
 * @param box largest distance of two sides of a box, in pixels
 * @param score largest difference of two scores
 * @param alone largest share of the detections that only one of them finds
 */
record DetectionTolerance(double box, double score, double alone) {

  /** Rounding, and nothing else. */
  private static final DetectionTolerance SINGLE = new DetectionTolerance(0.01, 1e-4, 0);

  /** Weights of about three digits move boxes a little, and with them what suppresses what. */
  private static final DetectionTolerance HALF = new DetectionTolerance(4, 0.05, 0.05);

  /** Activations that a rounding error moves to the next level do the same. */
  static final DetectionTolerance ROUNDED = HALF;

  static DetectionTolerance of(Precision precision) {
    return precision == Precision.SINGLE ? SINGLE : HALF;
  }

  /** In words. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "boxes within %.2f pixels, scores within %.4f, %.0f %% found by one only",
        box,
        score,
        100 * alone);
  }
}
