package org.kt4j.detection.objective;

import org.kt4j.detection.graph.FasterRcnn;

/**
 * {@code region-class}: cross-entropy of the sampled regions' classes (Girshick, Fast R-CNN,
 * equation 1).
 */
public final class RegionClassProvider extends DetectorLossProvider {

  /** Its name in an objective. */
  public static final String NAME = "region-class";

  /** Made by Guice. */
  public RegionClassProvider() {
    super(NAME, "of a detector: what a region holds, cross-entropy", FasterRcnn.REGION_CLASS);
  }
}
