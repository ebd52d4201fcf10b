package org.kt4j.relations;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/**
 * Distances of matrices of channels by channels without these matrices. With maps {@code A}, {@code
 * B} of {@code [HW, C]}, {@code [HW, D]}:
 *
 * <pre>
 * &lt;A_1' B_1, A_2' B_2&gt;_F = &lt;A_1 A_2', B_1 B_2'&gt;_F      [C, D] on the left, [HW, HW] on the right
 * </pre>
 *
 * <p>Differences of such products cancel, so that they are in double precision.
 */
final class PositionProducts {

  private PositionProducts() {}

  /**
   * Whether products of positions are faster than those of channels. With as many channels on both
   * sides they break even where there are some eight times as many channels as positions ({@code
   * benchmarks/run losses}).
   *
   * @param positions of the larger map
   * @param channels of one map
   * @param others channels of the other
   */
  static boolean areCheaper(long positions, long channels, long others) {
    return 4 * positions * (channels + others) <= channels * others;
  }

  /** In double precision. */
  static Operand<TFloat64> exact(Ops tf, Operand<TFloat32> map) {
    return tf.dtypes.cast(map, TFloat64.class);
  }

  /**
   * Products of the positions of each picture.
   *
   * @param one {@code [B, N, C]}
   * @param other {@code [B, M, C]}
   * @return {@code [B, N, M]}
   */
  static Operand<TFloat64> of(Ops tf, Operand<TFloat64> one, Operand<TFloat64> other) {
    return tf.train.batchMatMul(one, other, TFloat64.class, BatchMatMul.adjY(true));
  }
}
