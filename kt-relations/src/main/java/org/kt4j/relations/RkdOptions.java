package org.kt4j.relations;

import java.util.Map;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

/**
 * The options of {@code rkd}.
 *
 * @param distanceWeight factor of the part on distances between two pictures
 * @param angleWeight factor of the part on angles between three pictures
 * @param normalize whether each picture's features have the length one first
 * @param layers the teacher's tap to the student's tap
 */
public record RkdOptions(
    @Description("factor of the distances between two pictures, 0 to 1e9") double distanceWeight,
    @Description("factor of the angles between three pictures, 0 to 1e9") double angleWeight,
    @Description("first give the features of each picture the length one") boolean normalize,
    @Description("teacher's tap: student's tap; maps are averaged over their positions")
        Map<String, String> layers) {

  /** Checks the ranges, copies the map and keeps its order. */
  public RkdOptions {
    check("distanceWeight", distanceWeight);
    check("angleWeight", angleWeight);
    if (distanceWeight == 0 && angleWeight == 0) {
      throw new InvalidOptionException(
          "angleWeight", angleWeight, "a number above 0, since distance-weight is 0");
    }
    layers = PooledFeatures.layers(layers);
  }

  private static void check(String option, double weight) {
    if (!(weight >= 0 && weight <= 1e9)) {
      throw new InvalidOptionException(option, weight, "0 to 1e9");
    }
  }

  /** The same with other factors. */
  public RkdOptions with(double otherDistanceWeight, double otherAngleWeight) {
    return new RkdOptions(otherDistanceWeight, otherAngleWeight, normalize, layers);
  }

  /** The factors of peers, on what the last layers read. */
  public static RkdOptions defaults() {
    return new RkdOptions(25, 50, false, PooledFeatures.LAST);
  }
}
