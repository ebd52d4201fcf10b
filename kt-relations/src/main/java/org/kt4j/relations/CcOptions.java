package org.kt4j.relations;

import java.util.Map;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

/**
 * The options of {@code cc}.
 *
 * @param embed how many numbers a linear layer on each side makes of the features; 0 for no layer
 * @param layers the teacher's tap to the student's tap
 */
public record CcOptions(
    @Description(
            "outputs of a linear layer on each side, 1 to 65536; 0 for none, which needs equal"
                + " channels")
        int embed,
    @Description("teacher's tap: student's tap; maps are averaged over their positions")
        Map<String, String> layers) {

  /** Checks the range, copies the map and keeps its order. */
  public CcOptions {
    if (embed < 0 || embed > 65_536) {
      throw new InvalidOptionException("embed", embed, "0 to 65536");
    }
    layers = PooledFeatures.layers(layers);
  }

  /** The same with another embedding. */
  public CcOptions with(int otherEmbed) {
    return new CcOptions(otherEmbed, layers);
  }

  /** The embedding of RepDistiller, on what the last layers read. */
  public static CcOptions defaults() {
    return new CcOptions(128, PooledFeatures.LAST);
  }
}
