package org.kt4j.relations;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/**
 * How far the pictures of a batch are apart, by a matrix product: {@code |x - y|^2 = |x|^2 + |y|^2
 * - 2 x.y}. In float64, since pictures that are near each other leave few digits of that
 * difference.
 *
 * @param squares {@code [B, B]}, zero on the diagonal and where two pictures are equal
 * @param lengths their roots, with the gradient zero at zero
 * @param inverses of the roots, zero where the root is zero
 */
record Distances(Operand<TFloat64> squares, Operand<TFloat64> lengths, Operand<TFloat64> inverses) {

  /**
   * Of features whose largest magnitude is one; below it two pictures are equal, and what is left
   * of their distance is rounding. It is what peers raise a square to.
   */
  private static final double EQUAL = 1e-12;

  /**
   * Computes them, in units of the largest feature of the batch.
   *
   * @param features {@code [B, C]}
   * @param normalize whether each row has the length one first
   */
  static Distances of(Ops tf, Operand<TFloat32> features, boolean normalize) {
    Operand<TFloat64> exact = tf.dtypes.cast(features, TFloat64.class);
    Operand<TFloat64> rows =
        normalize ? UnitRows.of(tf, exact, 1) : UnitPeak.of(tf, exact, 0, 1); // [B, C]
    Operand<TFloat64> column =
        tf.reduceSum(tf.math.square(rows), tf.array(1), ReduceSum.keepDims(true)); // [B, 1]
    Operand<TFloat64> row = tf.reshape(column, tf.array(1, -1)); // [B, 1] -> [1, B]
    Operand<TFloat64> products =
        tf.linalg.matMul(rows, rows, MatMul.transposeB(true)); // [B, C] x [C, B] -> [B, B]
    Operand<TFloat64> raw =
        tf.math.sub(tf.math.add(column, row), tf.math.mul(products, tf.constant(2.0)));
    Operand<TBool> apart = tf.math.greater(raw, tf.constant(EQUAL));
    Operand<TFloat64> zero = tf.constant(0.0);
    // Never the root of zero, so that no gradient is infinite before it is left out.
    Operand<TFloat64> safe = tf.select(apart, raw, tf.constant(1.0));
    Operand<TFloat64> inverse = tf.math.rsqrt(safe);
    return new Distances(
        tf.select(apart, raw, zero),
        tf.select(apart, tf.math.sqrt(safe), zero),
        tf.select(apart, inverse, zero));
  }
}
