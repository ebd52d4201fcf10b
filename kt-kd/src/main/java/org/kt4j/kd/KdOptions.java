package org.kt4j.kd;

import org.kt4j.api.Description;

/**
 * The options of {@code kd}.
 *
 * @param temperature what both sides' logits are divided by before the softmax
 * @param standardize whether the logits of each image are standardized first
 */
public record KdOptions(
    @Description("divides both sides' logits, 0.001 to 10000") double temperature,
    @Description("first give the logits of each image mean 0 and standard deviation 1")
        boolean standardize) {

  /** Checks the range. */
  public KdOptions {
    Temperature.check(temperature);
  }

  /** Temperature 4, as in the experiments of Huang and Wang (2017) and in RepDistiller. */
  public static KdOptions defaults() {
    return new KdOptions(4, false);
  }
}
