package org.kt4j.detection.graph;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * Random choices among the candidates of each picture. Which ones is a function of (seed, step,
 * purpose, place), so a run that continues chooses the same as one that was not interrupted.
 */
final class RandomChoice {

  private final Ops tf;
  private final Operand<TFloat32> draws;
  private final int most;

  /**
   * Draws a number for each candidate.
   *
   * @param like {@code [B, N]}
   * @param count N
   * @param most candidates of one picture that are ever chosen
   * @param step the number of steps done, a scalar
   * @param purpose tells choices of one step apart
   */
  RandomChoice(
      Ops tf, Operand<TFloat32> like, int count, int most, Operand<TInt64> step, long purpose) {
    this.tf = tf;
    this.most = Math.min(most, count);
    Operand<TInt64> seed = tf.stack(java.util.List.of(step, tf.constant(purpose)));
    this.draws = tf.random.statelessRandomUniform(tf.shape(like, TInt32.class), seed);
  }

  /** The numbers drawn, {@code [B, N]}, from 0 to below 1. */
  Operand<TFloat32> draws() {
    return draws;
  }

  /**
   * Some of the candidates, all where there are not more than the limit.
   *
   * @param candidates {@code [B, N]}
   * @param limit how many at most of each picture, {@code [B]}
   * @return {@code [B, N]}
   */
  Operand<TBool> some(Operand<TBool> candidates, Operand<TInt32> limit) {
    Operand<TFloat32> priority =
        tf.select(candidates, draws, tf.math.sub(tf.zerosLike(draws), tf.constant(1f)));
    Operand<TFloat32> sorted =
        tf.nn.topK(priority, tf.constant(most), TInt32.class).values(); // [B, most]
    Operand<TFloat32> picked =
        tf.oneHot(
            tf.math.sub(limit, tf.constant(1)),
            tf.constant(most),
            tf.constant(1f),
            tf.constant(0f)); // [B, most]
    Operand<TFloat32> least =
        tf.reduceSum(tf.math.mul(sorted, picked), tf.constant(1), ReduceSum.keepDims(true));
    Operand<TFloat32> none =
        tf.expandDims(
            tf.dtypes.cast(tf.math.lessEqual(limit, tf.constant(0)), TFloat32.class),
            tf.constant(1));
    // Beyond every draw where nothing may be chosen.
    Operand<TFloat32> threshold = tf.math.add(least, tf.math.mul(none, tf.constant(2f)));
    return tf.math.logicalAnd(candidates, tf.math.greaterEqual(priority, threshold));
  }

  /** The number of true values in each row: {@code [B, N] -> [B]}. */
  static Operand<TInt32> count(Ops tf, Operand<TBool> mask) {
    return tf.reduceSum(tf.dtypes.cast(mask, TInt32.class), tf.constant(1));
  }
}
