package org.kt4j.features;

import java.util.List;
import java.util.function.Function;
import org.kt4j.api.LayerPair;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The weighted sum of a distance over pairs of layers. */
final class LayerSum {

  private LayerSum() {}

  /**
   * Computes it.
   *
   * @param pairs with their weights
   * @param distance of one pair, a scalar
   */
  static Operand<TFloat32> of(
      Ops tf, List<LayerPair> pairs, Function<LayerPair, Operand<TFloat32>> distance) {
    Operand<TFloat32> sum = tf.constant(0f);
    for (LayerPair pair : pairs) {
      sum = tf.math.add(sum, tf.math.mul(distance.apply(pair), tf.constant((float) pair.weight())));
    }
    return sum;
  }
}
