package org.kt4j.features;

import org.kt4j.api.Description;
import org.kt4j.api.Inline;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.LayerSelection;

/**
 * The options of {@code ft}.
 *
 * @param power of the activations in the mean over the channels
 * @param distance of two factors
 * @param selection which maps are compared; one pair when none is named
 */
public record FtOptions(
    @Description("p of the mean of F^p over the channels, 1 to 100") int power,
    @Description("absolute or squared: mean difference of two factors") Distance distance,
    @Inline LayerSelection selection) {

  /** How far two factors are apart. */
  public enum Distance {
    /** The mean absolute difference. */
    ABSOLUTE,
    /** The mean squared difference. */
    SQUARED
  }

  /** Checks the ranges. */
  public FtOptions {
    if (power < 1 || power > 100) {
      throw new InvalidOptionException("power", power, "1 to 100");
    }
  }

  /** The same with another power and distance. */
  public FtOptions with(int otherPower, Distance otherDistance) {
    return new FtOptions(otherPower, otherDistance, selection);
  }

  /** The same on other layers. */
  public FtOptions on(LayerSelection other) {
    return new FtOptions(power, distance, other);
  }

  /** Squares and absolute differences, as RepDistiller, on the last layers of equal size. */
  public static FtOptions defaults() {
    return new FtOptions(2, Distance.ABSOLUTE, LayerSelection.automatic());
  }
}
