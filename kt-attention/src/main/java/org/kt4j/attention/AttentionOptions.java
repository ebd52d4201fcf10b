package org.kt4j.attention;

import org.kt4j.api.Description;
import org.kt4j.api.Inline;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.LayerSelection;

/**
 * The options of {@code attention}.
 *
 * @param power of the activations in the sum over the channels
 * @param distance of two attention maps
 * @param selection which maps are compared
 */
public record AttentionOptions(
    @Description("p of the sum of |F|^p over the channels, 1 to 100") double power,
    @Description("code: mean squared difference; paper: length of the difference")
        Distance distance,
    @Inline LayerSelection selection) {

  /** How far two attention maps are apart. */
  public enum Distance {
    /** The mean over the positions of the squared difference, as in the published code. */
    CODE,
    /** The Euclidean length of the difference, as in equation 2 of the paper. */
    PAPER
  }

  /** Checks the ranges. */
  public AttentionOptions {
    if (!(power >= 1 && power <= 100)) {
      throw new InvalidOptionException(
          "power", power, "1 to 100; below 1 the gradient at zero is infinite");
    }
  }

  /** The same with another power and distance. */
  public AttentionOptions with(double otherPower, Distance otherDistance) {
    return new AttentionOptions(otherPower, otherDistance, selection);
  }

  /** The same on other layers. */
  public AttentionOptions on(LayerSelection other) {
    return new AttentionOptions(power, distance, other);
  }

  /** Squares, the published code's distance, layers by size: what peers mean by the name. */
  public static AttentionOptions defaults() {
    return new AttentionOptions(2, Distance.CODE, LayerSelection.automatic());
  }
}
