package org.kt4j.detection.objective;

import org.kt4j.detection.graph.FasterRcnn;

/**
 * {@code region-box}: smooth L1 of the boxes of those regions that hold objects (Girshick, Fast
 * R-CNN, equation 2).
 */
public final class RegionBoxProvider extends DetectorLossProvider {

  /** Its name in an objective. */
  public static final String NAME = "region-box";

  /** Made by Guice. */
  public RegionBoxProvider() {
    super(NAME, "of a detector: from a region to its object, smooth L1", FasterRcnn.REGION_BOX);
  }
}
