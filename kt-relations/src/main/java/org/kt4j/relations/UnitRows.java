package org.kt4j.relations;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.family.TNumber;

/** The rows of a matrix as vectors of length one; a row of zeros stays as it is. */
final class UnitRows {

  private UnitRows() {}

  /**
   * Normalises.
   *
   * @param matrix {@code [.., N]}
   * @param axis the last one of the matrix, along which a row runs
   * @return of the same shape
   */
  static <T extends TNumber> Operand<T> of(Ops tf, Operand<T> matrix, int axis) {
    Operand<T> scaled = UnitPeak.of(tf, matrix, axis);
    Operand<T> squared =
        tf.reduceSum(tf.math.square(scaled), tf.array(axis), ReduceSum.keepDims(true)); // [.., 1]
    // At least 1 of a live row, 0 of a dead one; 1/2 is clear of both, whatever the rounding.
    Operand<T> floor = tf.dtypes.cast(tf.constant(0.5f), matrix.type());
    return tf.math.mul(scaled, tf.math.rsqrt(tf.math.maximum(squared, floor)));
  }
}
