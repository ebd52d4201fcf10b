package org.kt4j.features;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The sum of the squares of a map, a mean over the pictures. It is a float32 number itself: a sum
 * of more than 3e38 is infinite.
 */
final class SumOfSquares {

  /** Keeps squares of huge numbers in the range of float32 while they are added, exactly. */
  private static final float GUARD = 0x1p-16f;

  private SumOfSquares() {}

  /**
   * Computes {@code factor (1/B) sum over B, H, W, C of map^2}.
   *
   * @param map {@code [B, H, W, C]}
   * @param factor that the sum is multiplied by
   * @return a scalar
   */
  static Operand<TFloat32> of(Ops tf, Operand<TFloat32> map, double factor) {
    Operand<TFloat32> guarded = tf.math.mul(map, tf.constant(GUARD)); // [B, H, W, C]
    Operand<TFloat32> sums = tf.reduceSum(tf.math.square(guarded), tf.array(1, 2, 3)); // [B]
    return tf.math.mul(
        tf.math.mean(sums, tf.array(0)), tf.constant((float) (factor / GUARD / GUARD)));
  }
}
