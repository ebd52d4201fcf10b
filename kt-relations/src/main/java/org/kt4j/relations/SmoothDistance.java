package org.kt4j.relations;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** Huber's distance with the threshold 1: {@code x^2/2} up to 1, {@code |x| - 1/2} above. */
final class SmoothDistance {

  private SmoothDistance() {}

  /** Of two tensors of one shape, number by number. */
  static <T extends TNumber> Operand<T> of(Ops tf, Operand<T> one, Operand<T> other) {
    Operand<T> apart = tf.math.abs(tf.math.sub(one, other));
    Operand<T> small = tf.math.minimum(apart, tf.dtypes.cast(tf.constant(1f), one.type()));
    // With m = min(|x|, 1): m (|x| - m/2) is x^2/2 up to 1 and |x| - 1/2 above.
    Operand<T> half = tf.dtypes.cast(tf.constant(0.5f), one.type());
    return tf.math.mul(small, tf.math.sub(apart, tf.math.mul(small, half)));
  }
}
