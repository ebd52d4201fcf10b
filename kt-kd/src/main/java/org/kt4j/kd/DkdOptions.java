package org.kt4j.kd;

import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

/**
 * The options of {@code dkd}.
 *
 * @param temperature what both sides' logits are divided by before the softmax
 * @param alpha factor of the part on the true class
 * @param beta factor of the part on the other classes
 */
public record DkdOptions(
    @Description("divides both sides' logits, 0.001 to 10000") double temperature,
    @Description("factor of the true class against all others, 0 to 1e9") double alpha,
    @Description("factor of the other classes among themselves, 0 to 1e9") double beta) {

  /** Checks the ranges. */
  public DkdOptions {
    Temperature.check(temperature);
    check("alpha", alpha);
    check("beta", beta);
    if (alpha == 0 && beta == 0) {
      throw new InvalidOptionException("beta", beta, "a number above 0, since alpha is 0");
    }
  }

  private static void check(String option, double factor) {
    if (!(factor >= 0 && factor <= 1e9)) {
      throw new InvalidOptionException(option, factor, "0 to 1e9");
    }
  }

  /** The defaults of mdistiller, for CIFAR-100. */
  public static DkdOptions defaults() {
    return new DkdOptions(4, 1, 8);
  }
}
