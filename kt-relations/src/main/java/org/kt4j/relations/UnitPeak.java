package org.kt4j.relations;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.op.core.ReduceMin;
import org.tensorflow.types.TFloat32;

/**
 * A tensor divided by its largest magnitude, so that no product of its numbers leaves the range of
 * float32. For results that do not depend on the scale: the divisor counts as a constant in the
 * gradient.
 */
final class UnitPeak {

  /**
   * What stays below this everywhere is dead: it becomes zero and gets no gradient. It is what
   * rounding leaves of numbers of order one.
   */
  private static final float DEAD = 1e-6f;

  private UnitPeak() {}

  /**
   * Divides.
   *
   * @param axes over which the largest magnitude is taken
   * @return of the same shape, with the largest magnitude 1 or 0
   */
  static Operand<TFloat32> of(Ops tf, Operand<TFloat32> tensor, int... axes) {
    Operand<TFloat32> constant = tf.stopGradient(tensor);
    // Without a tensor of magnitudes.
    Operand<TFloat32> peaks =
        tf.math.maximum(
            tf.reduceMax(constant, tf.array(axes), ReduceMax.keepDims(true)),
            tf.math.neg(tf.reduceMin(constant, tf.array(axes), ReduceMin.keepDims(true))));
    Operand<TFloat32> inverse =
        tf.math.reciprocal(
            tf.select(
                tf.math.less(peaks, tf.constant(DEAD)),
                tf.constant(Float.POSITIVE_INFINITY),
                peaks));
    return tf.math.mul(tensor, tf.stopGradient(inverse));
  }
}
