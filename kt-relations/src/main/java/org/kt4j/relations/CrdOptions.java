package org.kt4j.relations;

import java.util.Map;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

/**
 * The options of {@code crd}.
 *
 * @param embed how many numbers a linear layer on each side makes of the features
 * @param negatives how many pictures a step compares its pictures with
 * @param temperature what similarities are divided by
 * @param momentum the share of the old row when a row of the memory is replaced
 * @param sameClass whether pictures of the same class are compared as different ones, too
 * @param layers the teacher's tap to the student's tap
 */
public record CrdOptions(
    @Description("outputs of a linear layer on each side, 1 to 4096") int embed,
    @Description(
            "pictures drawn for a step to compare with, 1 to 1000000; as many as there are, at most")
        int negatives,
    @Description("divides the similarities, 0.02 to 100") double temperature,
    @Description("share of the old row when a row of the memory is replaced, 0 to 0.999")
        double momentum,
    @Description("compare with pictures of the same class, too") boolean sameClass,
    @Description("teacher's tap: student's tap; maps are averaged over their positions")
        Map<String, String> layers) {

  /** Checks the ranges, copies the map and keeps its order. */
  public CrdOptions {
    require(embed >= 1 && embed <= 4096, "embed", embed, "1 to 4096");
    require(negatives >= 1 && negatives <= 1_000_000, "negatives", negatives, "1 to 1000000");
    require(temperature >= 0.02 && temperature <= 100, "temperature", temperature, "0.02 to 100");
    require(momentum >= 0 && momentum <= 0.999, "momentum", momentum, "0 to 0.999");
    layers = PooledFeatures.layers(layers);
  }

  private static void require(boolean holds, String option, Object value, String allowed) {
    if (!holds) {
      throw new InvalidOptionException(option, value, allowed);
    }
  }

  /** RepDistiller's numbers, on what the last layers read. */
  public static CrdOptions defaults() {
    return new CrdOptions(128, 16_384, 0.07, 0.5, false, PooledFeatures.LAST);
  }
}
