package org.kt4j.nst;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * The squared MMD of each image of a batch, and its gradient in closed form.
 *
 * <p>TensorFlow could derive the gradient by itself, but it would multiply twice where the symmetry
 * of a Gram matrix lets one product do, keep every intermediate matrix until the backward pass, and
 * run through the normalisation operation by operation. Here the gradient is computed beside the
 * value, piece by piece where the pieces are large, and {@link #attachedTo} hands it to TensorFlow.
 *
 * @param values {@code [B]}
 * @param gradient of each image's value with respect to its map, {@code [B, HW, C]}
 */
record Discrepancy(Operand<TFloat32> values, Operand<TFloat32> gradient) {

  /** {@code factor} times this. */
  Discrepancy times(Ops tf, double factor) {
    if (factor == 1) {
      return this;
    }
    Operand<TFloat32> scale = tf.constant((float) factor);
    return new Discrepancy(tf.math.mul(values, scale), tf.math.mul(gradient, scale));
  }

  Discrepancy plus(Ops tf, Discrepancy other) {
    return new Discrepancy(
        tf.math.add(values, other.values), tf.math.add(gradient, other.gradient));
  }

  /**
   * The mean over the batch, a scalar that TensorFlow differentiates as it should.
   *
   * <p>The inner product {@code p} of map and gradient, as a matrix product because the derivative
   * of that is a plain copy, has the derivative that is wanted; {@code p - p} adds nothing to the
   * value.
   *
   * @param map {@code [B, HW, C]}, as it depends on the student
   */
  Operand<TFloat32> attachedTo(Ops tf, Operand<TFloat32> map) {
    Operand<TFloat32> row = tf.reshape(map, tf.array(1, -1)); // [1, BHWC]
    Operand<TFloat32> slopes = tf.reshape(tf.stopGradient(gradient), tf.array(1, -1));
    // Both as rows: TensorFlow multiplies a row by a column many times more slowly.
    Operand<TFloat32> product =
        tf.linalg.matMul(row, slopes, MatMul.transposeB(true)); // [1, BHWC] x [BHWC, 1]
    Operand<TFloat32> nothing =
        tf.reduceSum(tf.math.sub(product, tf.stopGradient(product)), tf.array(0, 1));
    Operand<TFloat32> batch = tf.dtypes.cast(tf.size(values), TFloat32.class);
    return tf.math.add(
        tf.stopGradient(tf.math.mean(values, tf.array(0))), tf.math.div(nothing, batch));
  }
}
