package org.kt4j.engine.mask;

import java.util.Arrays;
import java.util.List;
import org.kt4j.engine.experiment.MaskConfig.Scope;

/**
 * Sets the weights with the smallest scores to zero. Of n weights {@code round(sparsity n)} are,
 * halves up: of each layer, or of all layers together. What is zero already stays so and counts. Of
 * equal scores those of the first layer are zero first, and within a layer those with the lowest
 * index in TensorFlow's order, row-major {@code [kH, kW, in, out]} or {@code [in, out]}.
 */
final class SmallestScores {

  /**
   * Scores of one layer.
   *
   * @param scores finite numbers
   * @param mask 1 for each weight that is learnt, 0 for each that is zero already; not changed
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
  record Layer(double[] scores, float[] mask) {}

  private SmallestScores() {}

  /** How many of so many weights are zero. */
  static long count(double sparsity, long weights) {
    return Math.round(sparsity * weights);
  }

  /** The mask of each layer. */
  static List<float[]> masks(List<Layer> layers, double sparsity, Scope scope) {
    return switch (scope) {
      case LAYER -> layers.stream().flatMap(each -> of(List.of(each), sparsity).stream()).toList();
      case GLOBAL -> of(layers, sparsity);
    };
  }

  private static List<float[]> of(List<Layer> layers, double sparsity) {
    List<double[]> ordered = layers.stream().map(SmallestScores::withZerosFirst).toList();
    double[] all = ordered.stream().flatMapToDouble(Arrays::stream).toArray();
    int count = Math.toIntExact(count(sparsity, all.length));
    double[] sorted = all.clone();
    Arrays.sort(sorted);
    double threshold = count == 0 ? Double.NEGATIVE_INFINITY : sorted[count - 1];
    int below = 0;
    while (below < count && sorted[below] < threshold) {
      below++;
    }
    int[] equal = {count - below};
    return ordered.stream().map(scores -> mask(scores, threshold, equal)).toList();
  }

  private static double[] withZerosFirst(Layer layer) {
    double[] scores = layer.scores().clone();
    for (int k = 0; k < scores.length; k++) {
      if (layer.mask()[k] == 0) {
        scores[k] = Double.NEGATIVE_INFINITY;
      }
    }
    return scores;
  }

  /**
   * The mask of a layer.
   *
   * @param equal how many scores at the threshold are still to be set to zero
   */
  private static float[] mask(double[] scores, double threshold, int[] equal) {
    float[] mask = new float[scores.length];
    for (int k = 0; k < mask.length; k++) {
      boolean zero = scores[k] < threshold || (scores[k] == threshold && equal[0] > 0);
      if (zero && scores[k] == threshold) {
        equal[0]--;
      }
      mask[k] = zero ? 0 : 1;
    }
    return mask;
  }
}
