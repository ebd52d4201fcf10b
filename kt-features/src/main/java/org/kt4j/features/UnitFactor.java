package org.kt4j.features;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;

/**
 * The factor of a feature map: its activations, to some power, averaged over the channels, as a
 * vector of length one.
 *
 * <pre>
 * a_n = (1/C) sum_c F_nc^p,   q = a / ||a||
 * </pre>
 */
final class UnitFactor {

  /**
   * What stays below this everywhere is dead: its factor is zero and has no gradient. It is what
   * rounding leaves of numbers of order one.
   */
  private static final float DEAD = 1e-6f;

  private UnitFactor() {}

  /**
   * Computes it.
   *
   * <p>Map and mean are divided by their largest magnitudes, so that no power leaves the range of
   * float32. What comes out does not depend on them, so they count as constants in the gradient.
   *
   * @param map {@code [B, H, W, C]}
   * @param power {@code p}, 1 or more; signs are kept by an odd one
   * @return {@code [B, HW]}
   */
  static Operand<TFloat32> of(Ops tf, Operand<TFloat32> map, int power) {
    Operand<TFloat32> scaled = byPeak(tf, map, 1, 2, 3); // [B, H, W, C], at most 1 or all 0
    Operand<TFloat32> means = tf.math.mean(raised(tf, scaled, power), tf.array(3)); // [B, H, W]
    Shape shape = map.shape();
    Operand<TFloat32> rows =
        tf.reshape(
            means,
            tf.array(-1, Math.toIntExact(shape.get(1) * shape.get(2)))); // [B, H, W] -> [B, HW]
    Operand<TFloat32> factor = byPeak(tf, rows, 1);
    Operand<TFloat32> squaredLength =
        tf.reduceSum(tf.math.square(factor), tf.array(1), ReduceSum.keepDims(true)); // [B, 1]
    // At least 1 of a live map, 0 of a dead one; 1/2 is clear of both, whatever the rounding.
    return tf.math.mul(factor, tf.math.rsqrt(tf.math.maximum(squaredLength, tf.constant(0.5f))));
  }

  private static Operand<TFloat32> raised(Ops tf, Operand<TFloat32> map, int power) {
    return switch (power) {
      case 1 -> map;
      case 2 -> tf.math.square(map);
      default -> tf.math.pow(map, tf.constant((float) power));
    };
  }

  /** Each picture divided by its largest magnitude over some axes; a dead one is zero. */
  private static Operand<TFloat32> byPeak(Ops tf, Operand<TFloat32> values, int... axes) {
    Operand<TFloat32> peaks =
        tf.reduceMax(
            tf.math.abs(tf.stopGradient(values)), tf.array(axes), ReduceMax.keepDims(true));
    Operand<TFloat32> inverse =
        tf.math.reciprocal(
            tf.select(
                tf.math.less(peaks, tf.constant(DEAD)),
                tf.constant(Float.POSITIVE_INFINITY),
                peaks));
    return tf.math.mul(values, tf.stopGradient(inverse));
  }
}
