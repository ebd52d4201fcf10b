package org.kt4j.detection.objective;

import java.util.List;
import org.kt4j.api.Preset;
import org.kt4j.detection.graph.FasterRcnn;

/**
 * {@code rpn-objectness}: cross-entropy of the sampled anchors being objects (Ren et al., equation
 * 1).
 */
public final class RpnObjectnessProvider extends DetectorLossProvider {

  /** Its name in an objective. */
  public static final String NAME = "rpn-objectness";

  /** Made by Guice. */
  public RpnObjectnessProvider() {
    super(
        NAME,
        "of a detector: whether an anchor holds an object, cross-entropy",
        FasterRcnn.RPN_OBJECTNESS);
  }

  @Override
  public List<Preset> presets() {
    return List.of(
        new Preset(
            "faster-rcnn",
            "the four losses of a detector, equal weights (Ren et al., 2015)",
            "[{term: rpn-objectness}, {term: rpn-box}, {term: region-class}, {term: region-box}]"));
  }
}
