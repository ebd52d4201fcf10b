package org.kt4j.detection.graph;

import java.util.List;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.network.NetworkProvider;

/**
 * {@code faster-rcnn}: a detector on any network as its backbone (Ren et al., Faster R-CNN: Towards
 * Real-Time Object Detection with Region Proposal Networks, 2015). A student of this name makes an
 * experiment one of detection.
 */
public final class FasterRcnnProvider implements NetworkProvider<FasterRcnnOptions> {

  /** For {@link java.util.ServiceLoader}. */
  public FasterRcnnProvider() {}

  @Override
  public String name() {
    return "faster-rcnn";
  }

  @Override
  public String summary() {
    return "Faster R-CNN, a detector on any network as its backbone (Ren et al., 2015)";
  }

  @Override
  public FasterRcnnOptions defaults() {
    return FasterRcnnOptions.defaults();
  }

  @Override
  public List<String> examples() {
    return List.of("faster-rcnn");
  }

  @Override
  public FasterRcnnOptions variant(String variant) {
    if (!variant.isEmpty()) {
      throw new InvalidOptionException(
          "variant", "'" + variant + "'", "faster-rcnn, with backbone and tap as keys");
    }
    return defaults();
  }

  @Override
  public String objective() {
    return "[{preset: faster-rcnn}]";
  }

  /** A detector is no function from pictures to classes. */
  @Override
  public Network create(FasterRcnnOptions options, ImageShape input, int classes) {
    throw new IllegalArgumentException(
        "a detector cannot stand where a classifier is wanted; as a student it needs data with"
            + " boxes: voc, coco or shapes-detection");
  }

  @Override
  public boolean givesLogits() {
    return false;
  }
}
