package org.kt4j.engine.experiment;

import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.engine.graph.Quantization;

/**
 * The bits to which a student is rounded while it is trained.
 *
 * @param weights bits of a weight
 * @param activations bits of an activation
 */
public record QuantizationConfig(
    @Description("bits of each weight, 2 to 8") int weights,
    @Description("bits of each activation, 2 to 8") int activations) {

  /** Checks the ranges. */
  public QuantizationConfig {
    require("weights", weights);
    require("activations", activations);
  }

  private static void require(String key, int bits) {
    if (bits < Quantization.FEWEST_BITS || bits > Quantization.MOST_BITS) {
      throw new InvalidOptionException(
          key,
          bits,
          Quantization.FEWEST_BITS
              + " to "
              + Quantization.MOST_BITS
              + " bits; without quantization the student computes in floats");
    }
  }

  /**
   * How a network is rounded.
   *
   * @param steps of the whole training; 0 for a network that is trained
   */
  public Quantization over(long steps) {
    return Quantization.of(weights, activations, steps);
  }

  /** Eight bits, for which every processor has integer arithmetic. */
  public static QuantizationConfig defaults() {
    return new QuantizationConfig(8, 8);
  }
}
