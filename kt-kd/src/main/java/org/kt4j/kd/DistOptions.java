package org.kt4j.kd;

import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

/**
 * The options of {@code dist}.
 *
 * @param temperature what both sides' logits are divided by before the softmax
 * @param interWeight factor of the part on the classes of each picture
 * @param intraWeight factor of the part on the pictures of each class
 */
public record DistOptions(
    @Description("divides both sides' logits, 0.001 to 10000") double temperature,
    @Description("factor of the correlation over the classes, for each picture, 0 to 1e9")
        double interWeight,
    @Description("factor of the correlation over the pictures of a batch, for each class, 0 to 1e9")
        double intraWeight) {

  /** Checks the ranges. */
  public DistOptions {
    Temperature.check(temperature);
    check("interWeight", interWeight);
    check("intraWeight", intraWeight);
    if (interWeight == 0 && intraWeight == 0) {
      throw new InvalidOptionException(
          "intraWeight", intraWeight, "a number above 0, since inter-weight is 0");
    }
  }

  private static void check(String option, double weight) {
    if (!(weight >= 0 && weight <= 1e9)) {
      throw new InvalidOptionException(option, weight, "0 to 1e9");
    }
  }

  /** The authors' choice for ImageNet. */
  public static DistOptions defaults() {
    return new DistOptions(1, 1, 1);
  }
}
