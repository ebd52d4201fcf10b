package org.kt4j.nst;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Merge;
import org.tensorflow.op.linalg.EuclideanNorm;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * A feature map seen as the paper does: each channel's activations over all positions, scaled to
 * length one, are one sample of where that neuron fires. All of it counts as a constant: the
 * gradient is worked out in closed form, see {@link Discrepancy}.
 *
 * @param map the activations, {@code [B, HW, C]}
 * @param inverseLengths what makes patterns of the channels, {@code [B, 1, C]}; 0 for a dead one
 */
record SelectivityPatterns(Operand<TFloat32> map, Operand<TFloat32> inverseLengths) {

  /**
   * A channel whose root mean square over the positions is below this is dead. It is what rounding
   * leaves of activations of order one; scaled to length one it would be a pattern of noise, with a
   * gradient a million times too large. The authors add 1e-10 inside the root instead, which
   * shortens every pattern a little.
   */
  private static final double DEAD = 1e-6;

  /** Brings what is too large to be squared into the middle of float32, without rounding. */
  private static final float HUGE = 0x1p96f;

  /**
   * Scales every channel to length one.
   *
   * @param map {@code [B, HW, C]}
   */
  static SelectivityPatterns of(Ops tf, Operand<TFloat32> map) {
    int positions = Math.toIntExact(map.shape().get(1));
    Operand<TFloat32> constant = tf.stopGradient(map);
    Operand<TFloat32> lengths = lengths(tf, constant); // [B, 1, C]
    Operand<TFloat32> dead = tf.constant((float) (DEAD * Math.sqrt(positions)));
    Operand<TFloat32> inverse =
        tf.math.reciprocal(
            tf.select(
                tf.math.less(lengths, dead),
                tf.constant(Float.POSITIVE_INFINITY),
                lengths)); // [B, 1, C], one over infinity is zero
    return new SelectivityPatterns(constant, inverse);
  }

  int channels() {
    return Math.toIntExact(map.shape().get(2));
  }

  /** The channels at length one, {@code [B, HW, C]}; a dead one is zero. */
  Operand<TFloat32> patterns(Ops tf) {
    return tf.math.mul(map, inverseLengths);
  }

  /** The channels at another length, at no further cost, {@code [B, HW, C]}. */
  Operand<TFloat32> patterns(Ops tf, double length) {
    return tf.math.mul(map, tf.math.mul(inverseLengths, tf.constant((float) length)));
  }

  /** 1 for a pattern, 0 for a dead channel, {@code [B, C]}. */
  Operand<TFloat32> live(Ops tf) {
    Operand<TFloat32> flags =
        tf.dtypes.cast(tf.math.greater(inverseLengths, tf.constant(0f)), TFloat32.class);
    return tf.reshape(flags, tf.array(-1, channels())); // [B, 1, C] -> [B, C]
  }

  /**
   * The length of each channel, {@code [B, 1, C]}. The square sum of activations above 1e18 leaves
   * the range of float32; only then are the maps read a second time, scaled down.
   */
  private static Operand<TFloat32> lengths(Ops tf, Operand<TFloat32> map) {
    Operand<TFloat32> plain = norm(tf, map);
    Operand<TBool> finite = tf.math.isFinite(plain);
    Operand<TBool> all = tf.reduceAll(finite, tf.array(0, 1, 2));
    Operand<TFloat32> rare = tf.switchCond(map, all).outputFalse();
    Operand<TFloat32> scaled =
        tf.math.mul(
            norm(tf, tf.math.mul(rare, tf.constant(1 / HUGE))), tf.constant(HUGE)); // [B, 1, C]
    Merge<TFloat32> lengths =
        tf.merge(List.of(tf.select(finite, plain, scaled), tf.switchCond(plain, all).outputTrue()));
    return lengths.output();
  }

  private static Operand<TFloat32> norm(Ops tf, Operand<TFloat32> map) {
    return tf.linalg.euclideanNorm(map, tf.array(1), EuclideanNorm.keepDims(true));
  }
}
