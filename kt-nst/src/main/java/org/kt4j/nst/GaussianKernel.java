package org.kt4j.nst;

import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * {@code k(x, y) = exp(-||x - y||^2 / (2 sigma^2))}, by the cosine: {@code ||x - y||^2 = ||x||^2 +
 * ||y||^2 - 2 u}.
 *
 * @param sigmaSquared the same for all images; null for each image's mean squared distance, which
 *     counts as a constant in the gradient
 */
record GaussianKernel(@Nullable Double sigmaSquared) implements CosineKernel {

  /** Below it all patterns are one, and what is left of their distances is rounding. */
  private static final float NARROWEST = 1e-6f;

  @Override
  public Evaluated at(
      Ops tf,
      Operand<TFloat32> cosines,
      Operand<TFloat32> rows,
      Operand<TFloat32> columns,
      double factor) {
    if (sigmaSquared == null) {
      throw new IllegalStateException("adapt the kernel to the images first");
    }
    Operand<TFloat32> inverse = tf.constant((float) (1 / sigmaSquared));
    return at(tf, cosines, rows, columns, inverse, factor);
  }

  @Override
  public boolean adapts() {
    return sigmaSquared == null;
  }

  @Override
  public CosineKernel adaptedTo(Ops tf, Operand<TFloat32> meanSquaredDistances) {
    if (!adapts()) {
      return this;
    }
    Operand<TFloat32> inverse =
        tf.reshape(
            tf.math.reciprocal(tf.math.maximum(meanSquaredDistances, tf.constant(NARROWEST))),
            tf.array(-1, 1, 1)); // [B] -> [B, 1, 1]
    return (ops, cosines, rows, columns, factor) ->
        at(ops, cosines, rows, columns, inverse, factor);
  }

  private static Evaluated at(
      Ops tf,
      Operand<TFloat32> cosines,
      Operand<TFloat32> rows,
      Operand<TFloat32> columns,
      Operand<TFloat32> inverse,
      double factor) {
    Operand<TFloat32> half = tf.math.sub(tf.math.sub(cosines, rows), columns); // -||x - y||^2 / 2
    Operand<TFloat32> values = tf.math.exp(tf.math.mul(half, inverse)); // [B, P, Q]
    Operand<TFloat32> scale = tf.math.mul(inverse, tf.constant((float) factor)); // [B, 1, 1]
    return new Evaluated(values, tf.math.mul(values, scale));
  }
}
