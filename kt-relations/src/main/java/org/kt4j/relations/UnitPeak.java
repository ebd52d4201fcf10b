package org.kt4j.relations;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.op.core.ReduceMin;
import org.tensorflow.types.family.TNumber;

/**
 * A tensor divided by its largest magnitude, so that no product of its numbers leaves the range of
 * its type. For results that do not depend on the scale: the divisor counts as a constant in the
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
  static <T extends TNumber> Operand<T> of(Ops tf, Operand<T> tensor, int... axes) {
    Operand<T> constant = tf.stopGradient(tensor);
    // Without a tensor of magnitudes.
    Operand<T> peaks =
        tf.math.maximum(
            tf.reduceMax(constant, tf.array(axes), ReduceMax.keepDims(true)),
            tf.math.neg(tf.reduceMin(constant, tf.array(axes), ReduceMin.keepDims(true))));
    Operand<T> inverse =
        tf.math.reciprocal(
            tf.select(
                tf.math.less(peaks, tf.dtypes.cast(tf.constant(DEAD), tensor.type())),
                tf.dtypes.cast(tf.constant(Float.POSITIVE_INFINITY), tensor.type()),
                peaks));
    return tf.math.mul(tensor, tf.stopGradient(inverse));
  }
}
