package org.kt4j.attention;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.op.core.ReduceMin;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;

/**
 * Where in the picture a layer responds: the magnitudes of a feature map, to some power, summed
 * over the channels, as a vector of length one.
 *
 * <pre>
 * a_n = sum_c |F_nc|^p,   q = a / ||a||
 * </pre>
 */
final class AttentionMap {

  /**
   * A map that stays below this everywhere is dead and attends to nothing: its attention is zero
   * and it gets no gradient. It is what rounding leaves of activations of order one.
   */
  private static final float DEAD = 1e-6f;

  private AttentionMap() {}

  /**
   * Computes it.
   *
   * <p>The map is first divided by its largest magnitude, so that no power leaves the range of
   * float32. What comes out does not depend on it, so it counts as a constant in the gradient.
   *
   * @param map {@code [B, H, W, C]}
   * @param power {@code p}, 1 or more
   * @return {@code [B, HW]}
   */
  static Operand<TFloat32> of(Ops tf, Operand<TFloat32> map, double power) {
    Operand<TFloat32> peaks = peaks(tf, map); // [B, 1, 1, 1]
    Operand<TFloat32> inverse =
        tf.stopGradient(
            tf.math.reciprocal(
                tf.select(
                    tf.math.less(peaks, tf.constant(DEAD)),
                    tf.constant(Float.POSITIVE_INFINITY),
                    peaks)));
    Operand<TFloat32> scaled = tf.math.mul(map, inverse); // [B, H, W, C], at most 1 or all 0
    Operand<TFloat32> sums = tf.reduceSum(raised(tf, scaled, power), tf.array(3)); // [B, H, W]
    Shape shape = map.shape();
    Operand<TFloat32> attention =
        tf.reshape(sums, tf.array(-1, Math.toIntExact(shape.get(1) * shape.get(2)))); // [B, HW]
    Operand<TFloat32> squaredLength =
        tf.reduceSum(tf.math.square(attention), tf.array(1), ReduceSum.keepDims(true)); // [B, 1]
    // At least 1 of a live map, 0 of a dead one; 1/2 is clear of both, whatever the rounding.
    return tf.math.mul(attention, tf.math.rsqrt(tf.math.maximum(squaredLength, tf.constant(0.5f))));
  }

  /** The largest magnitude of each image, without a tensor of magnitudes. */
  private static Operand<TFloat32> peaks(Ops tf, Operand<TFloat32> map) {
    Operand<TFloat32> constant = tf.stopGradient(map);
    return tf.math.maximum(
        tf.reduceMax(constant, tf.array(1, 2, 3), ReduceMax.keepDims(true)),
        tf.math.neg(tf.reduceMin(constant, tf.array(1, 2, 3), ReduceMin.keepDims(true))));
  }

  private static Operand<TFloat32> raised(Ops tf, Operand<TFloat32> map, double power) {
    if (power == 2) {
      return tf.math.square(map);
    }
    Operand<TFloat32> magnitudes = tf.math.abs(map);
    return power == 1 ? magnitudes : tf.math.pow(magnitudes, tf.constant((float) power));
  }
}
