package org.kt4j.nst;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;

/**
 * A feature map seen as the paper does: each channel's activations over all positions, scaled to
 * length one, are one sample of where that neuron fires.
 */
final class SelectivityPatterns {

  /**
   * A channel that stays below this at every position is dead. It is what rounding leaves of
   * activations of order one; scaled to length one it would be a pattern of noise, with a gradient
   * a million times too large. The authors add 1e-10 inside the root instead, which shortens every
   * pattern a little.
   */
  private static final float DEAD = 1e-6f;

  private SelectivityPatterns() {}

  /**
   * Scales every channel to length one; a dead channel becomes zero and gets no gradient.
   *
   * <p>First by its largest magnitude, so that no square sum leaves the range of float32. The
   * length does not depend on that scale, so the scale counts as a constant in the gradient.
   *
   * @param map {@code [B, H, W, C]}
   * @return {@code [B, HW, C]}
   */
  static Operand<TFloat32> of(Ops tf, Operand<TFloat32> map) {
    Shape shape = map.shape();
    int positions = Math.toIntExact(shape.get(1) * shape.get(2));
    int channels = Math.toIntExact(shape.get(3));
    Operand<TFloat32> flat =
        tf.reshape(map, tf.array(-1, positions, channels)); // [B, H, W, C] -> [B, HW, C]
    Operand<TFloat32> peaks =
        tf.reduceMax(tf.math.abs(flat), tf.array(1), ReduceMax.keepDims(true)); // [B, 1, C]
    Operand<TFloat32> scales =
        tf.stopGradient(
            tf.select(
                tf.math.less(peaks, tf.constant(DEAD)),
                tf.constant(Float.POSITIVE_INFINITY),
                peaks)); // [B, 1, C], a number divided by infinity is zero
    Operand<TFloat32> scaled = tf.math.div(flat, scales); // [B, HW, C], largest magnitude 1 or 0
    Operand<TFloat32> squares =
        tf.reduceSum(tf.math.square(scaled), tf.array(1), ReduceSum.keepDims(true)); // [B, 1, C]
    // At least 1 in a live channel, 0 in a dead one; 1/2 is clear of both, whatever the rounding.
    Operand<TFloat32> squaredLengths = tf.math.maximum(squares, tf.constant(0.5f));
    return tf.math.mul(scaled, tf.math.rsqrt(squaredLengths)); // [B, HW, C]
  }
}
