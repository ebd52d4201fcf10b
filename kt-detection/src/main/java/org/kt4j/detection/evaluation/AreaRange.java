package org.kt4j.detection.evaluation;

import org.kt4j.detection.data.Box;

/**
 * Which objects a COCO figure counts, by the area of their boxes in the stored picture. The bounds
 * belong to the larger range; to pycocotools, they belong to both.
 */
enum AreaRange {
  /** Every object. */
  ALL(0, Double.POSITIVE_INFINITY),
  /** Below 32² square pixels. */
  SMALL(0, 32 * 32),
  /** From 32² to below 96² square pixels. */
  MEDIUM(32 * 32, 96 * 96),
  /** From 96² square pixels on. */
  LARGE(96 * 96, Double.POSITIVE_INFINITY);

  private final double least;
  private final double bound;

  AreaRange(double least, double bound) {
    this.least = least;
    this.bound = bound;
  }

  boolean contains(Box box) {
    return box.area() >= least && box.area() < bound;
  }
}
