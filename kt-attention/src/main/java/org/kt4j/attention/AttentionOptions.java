package org.kt4j.attention;

import java.util.Map;
import org.kt4j.api.Description;
import org.kt4j.api.Interpolation;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.LayerSelection;
import org.kt4j.api.TapChoice;

/**
 * The options of {@code attention}.
 *
 * @param power of the activations in the sum over the channels
 * @param distance of two attention maps
 * @param layers which maps are compared: teacher's tap to student's tap; paired by size when empty
 * @param layerWeights the factor of a pair, by the teacher's tap
 * @param tap which taps are paired when {@code layers} is empty
 * @param interpolate which side is resized when the sizes of a pair differ
 */
public record AttentionOptions(
    @Description("p of the sum of |F|^p over the channels, 1 or more") double power,
    @Description("code: mean squared difference; paper: length of the difference")
        Distance distance,
    @Description("teacher's tap: student's tap; paired by size when empty")
        Map<String, String> layers,
    @Description("factor of a pair by the teacher's tap, 0 or more; 1 when left out")
        Map<String, Double> layerWeights,
    @Description("which taps are paired when layers is empty") TapChoice tap,
    @Description("the side that is resized when the sizes of a pair differ")
        Interpolation interpolate) {

  /** How far two attention maps are apart. */
  public enum Distance {
    /** The mean over the positions of the squared difference, as in the published code. */
    CODE,
    /** The Euclidean length of the difference, as in equation 2 of the paper. */
    PAPER
  }

  /** Checks the ranges. */
  public AttentionOptions {
    if (!(power >= 1 && power < Double.POSITIVE_INFINITY)) {
      throw new InvalidOptionException(
          "power", power, "1 or more; below 1 the gradient at zero is infinite");
    }
    LayerSelection checked = new LayerSelection(layers, layerWeights, tap, interpolate);
    layers = checked.layers();
    layerWeights = checked.layerWeights();
  }

  /** The layers that are compared. */
  public LayerSelection selection() {
    return new LayerSelection(layers, layerWeights, tap, interpolate);
  }

  /** The same with another power and distance. */
  public AttentionOptions with(double otherPower, Distance otherDistance) {
    return new AttentionOptions(otherPower, otherDistance, layers, layerWeights, tap, interpolate);
  }

  /** The same on other layers. */
  public AttentionOptions on(LayerSelection other) {
    return new AttentionOptions(
        power, distance, other.layers(), other.layerWeights(), other.tap(), other.interpolate());
  }

  /** Squares, the published code's distance, layers by size: what peers mean by the name. */
  public static AttentionOptions defaults() {
    LayerSelection layers = LayerSelection.automatic();
    return new AttentionOptions(
        2,
        Distance.CODE,
        layers.layers(),
        layers.layerWeights(),
        layers.tap(),
        layers.interpolate());
  }
}
