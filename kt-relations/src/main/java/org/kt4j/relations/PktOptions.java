package org.kt4j.relations;

import java.util.Map;
import org.kt4j.api.Description;

/**
 * The options of {@code pkt}.
 *
 * @param layers the teacher's tap to the student's tap
 */
public record PktOptions(
    @Description("teacher's tap: student's tap; maps are averaged over their positions")
        Map<String, String> layers) {

  /** Copies the map and keeps its order. */
  public PktOptions {
    layers = PooledFeatures.layers(layers);
  }

  /** What the last layers read. */
  public static PktOptions defaults() {
    return new PktOptions(PooledFeatures.LAST);
  }
}
