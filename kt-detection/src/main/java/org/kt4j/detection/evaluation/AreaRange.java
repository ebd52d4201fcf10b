package org.kt4j.detection.evaluation;

/**
 * Which objects a COCO figure counts, by their areas in the stored picture. A bound belongs to both
 * ranges that it parts, as to pycocotools.
 */
enum AreaRange {
  /** Every object. */
  ALL(0, Double.POSITIVE_INFINITY),
  /** Up to 32² square pixels. */
  SMALL(0, 32 * 32),
  /** From 32² to 96² square pixels. */
  MEDIUM(32 * 32, 96 * 96),
  /** From 96² square pixels on. */
  LARGE(96 * 96, Double.POSITIVE_INFINITY);

  private final double least;
  private final double most;

  AreaRange(double least, double most) {
    this.least = least;
    this.most = most;
  }

  boolean contains(double area) {
    return area >= least && area <= most;
  }
}
