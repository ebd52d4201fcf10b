package org.kt4j.kd;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;

/**
 * Logits of mean 0 and standard deviation 1 over the classes of each image, so that a student need
 * not match its teacher's range and only learns how the classes relate: {@code z = (v - mean v) /
 * std v}.
 *
 * <p>The standard deviation divides by {@code K}, as in the paper's algorithm; the authors' code
 * divides by {@code K - 1}, which is a temperature {@code sqrt(K / (K - 1))} times as high. Logits
 * that are all equal become zero and get no gradient.
 *
 * <p>Example: (3, 1) has mean 2 and standard deviation 1, and becomes (1, -1).
 *
 * <p>Source: Sun, Ren, Li, Wang, Cao, Logit Standardization in Knowledge Distillation, 2024.
 */
final class StandardizedLogits {

  /** A spread below this is what rounding leaves of equal logits. */
  private static final float NONE = 1e-6f;

  private StandardizedLogits() {}

  /**
   * Standardizes.
   *
   * @param logits {@code [B, K]}
   * @return {@code [B, K]}
   */
  static Operand<TFloat32> of(Ops tf, Operand<TFloat32> logits) {
    Operand<TFloat32> centred =
        tf.math.sub(logits, tf.math.mean(logits, tf.array(1), Mean.keepDims(true))); // [B, K]
    // First by the largest, so that no square leaves the range of float32; it is a constant in the
    // gradient, because what comes out does not depend on it.
    Operand<TFloat32> peaks =
        tf.reduceMax(tf.math.abs(centred), tf.array(1), ReduceMax.keepDims(true)); // [B, 1]
    Operand<TFloat32> scales =
        tf.stopGradient(
            tf.select(
                tf.math.less(peaks, tf.constant(NONE)),
                tf.constant(Float.POSITIVE_INFINITY),
                peaks)); // [B, 1], a number divided by infinity is zero
    Operand<TFloat32> scaled = tf.math.div(centred, scales); // [B, K], largest magnitude 1 or 0
    float share = 1f / logits.shape().get(1);
    Operand<TFloat32> variance =
        tf.math.mul(
            tf.reduceSum(tf.math.square(scaled), tf.array(1), ReduceSum.keepDims(true)),
            tf.constant(share)); // [B, 1], at least 1/K where there is a spread
    return tf.math.mul(scaled, tf.math.rsqrt(tf.math.maximum(variance, tf.constant(share / 2))));
  }
}
