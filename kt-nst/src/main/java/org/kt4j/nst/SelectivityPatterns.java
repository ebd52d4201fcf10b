package org.kt4j.nst;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A feature map seen as the paper does: each channel's activations over all positions, scaled to
 * length one, are one sample of where that neuron fires.
 */
final class SelectivityPatterns {

  /**
   * Keeps the root's gradient finite in a channel that is zero everywhere. Smaller than any square
   * sum that float32 activations of a live channel reach in practice, and about the authors' 1e-10
   * inside the root.
   */
  private static final float EPSILON = 1e-12f;

  private SelectivityPatterns() {}

  /**
   * Scales every channel to length one; a dead channel stays zero.
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
    Operand<TFloat32> squares =
        tf.reduceSum(tf.math.square(flat), tf.array(1), org.tensorflow.op.core.ReduceSum.keepDims(true)); // [B, 1, C]
    return tf.math.mul(
        flat, tf.math.rsqrt(tf.math.maximum(squares, tf.constant(EPSILON)))); // [B, HW, C]
  }
}
