package org.kt4j.onnx.quantize;

/**
 * The range of an activation, 0 included, and the 256 levels in it.
 *
 * @param low the smallest value
 * @param high the largest
 */
record Range(float low, float high) {

  private static final int LEVELS = 255;

  /** Includes 0, which has to have a level of its own: padding is zeros. */
  Range {
    low = Math.min(low, 0);
    high = Math.max(high, 0);
  }

  /** The distance of two levels. */
  float scale() {
    float scale = (float) (((double) high - low) / LEVELS);
    return scale > 0 ? scale : 1;
  }

  /** The level that is 0; 0 where nothing is negative. */
  int zeroPoint() {
    return Math.max(0, Math.min(LEVELS, (int) Math.rint(-low / (double) scale())));
  }
}
