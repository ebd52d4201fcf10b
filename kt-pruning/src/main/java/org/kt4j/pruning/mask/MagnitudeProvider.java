package org.kt4j.pruning.mask;

import org.kt4j.api.WeightCriterion;
import org.kt4j.api.WeightCriterionProvider;

/**
 * {@code magnitude}: the absolute value of a weight, {@code s_k = |w_k|} (Han et al., Learning both
 * Weights and Connections for Efficient Neural Networks, 2015, section 3).
 *
 * <p>Example: of the weights 0.5, -0.1, 0.3, -0.4 and a sparsity of 0.5, those of -0.1 and 0.3 are
 * set to zero.
 */
public final class MagnitudeProvider implements WeightCriterionProvider<MagnitudeProvider.Options> {

  /** The options; there are none. */
  public record Options() {}

  /** A provider that {@link java.util.ServiceLoader} finds. */
  public MagnitudeProvider() {}

  @Override
  public String name() {
    return "magnitude";
  }

  @Override
  public String summary() {
    return "absolute value of a weight (Han et al., Learning both Weights and Connections for"
        + " Efficient Neural Networks, 2015)";
  }

  @Override
  public Options defaults() {
    return new Options();
  }

  @Override
  public WeightCriterion create(Options options) {
    return survey -> {
      float[] weights = survey.weights();
      double[] scores = new double[weights.length];
      for (int k = 0; k < scores.length; k++) {
        scores[k] = Math.abs(weights[k]);
      }
      return scores;
    };
  }
}
