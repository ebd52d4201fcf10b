package org.kt4j.kd;

import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

/**
 * The options of {@code tf-kd}.
 *
 * @param temperature what the virtual teacher's probabilities are divided by before the softmax
 * @param probability of the true class
 */
public record TfKdOptions(
    @Description("divides the virtual teacher's probabilities before a softmax, 0.001 to 10000")
        double temperature,
    @Description("of the true class, in the virtual teacher before the softmax, 0 to 1")
        double probability) {

  /** Checks the ranges. */
  public TfKdOptions {
    Temperature.check(temperature);
    if (!(probability >= 0 && probability <= 1)) {
      throw new InvalidOptionException("probability", probability, "0 to 1");
    }
  }

  /** The published code's for ResNet-18 on CIFAR-100. */
  public static TfKdOptions defaults() {
    return new TfKdOptions(20, 0.99);
  }
}
