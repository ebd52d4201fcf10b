package org.kt4j.detection.objective;

import org.kt4j.detection.graph.FasterRcnn;

/** {@code rpn-box}: smooth L1 of the proposals' boxes (Ren et al., equation 1). */
public final class RpnBoxProvider extends DetectorLossProvider {

  /** Its name in an objective. */
  public static final String NAME = "rpn-box";

  /** Made by Guice. */
  public RpnBoxProvider() {
    super(NAME, "of a detector: from an anchor to its object, smooth L1", FasterRcnn.RPN_BOX);
  }
}
