package org.kt4j.relations;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;

/**
 * Noise-contrastive estimation: tell the pair of one picture from pairs of two pictures.
 *
 * <pre>
 * n = K / N
 * L = -(1/B) sum_b [ log(p_b / (p_b + n)) + (K / K_b) sum_k u_bk log(n / (q_bk + n)) ]
 * </pre>
 *
 * <p>{@code p} are the scores of the pairs of one picture and {@code q} of two, which are about
 * {@code 1 / N}; {@code u} is 1 for a pair that counts and {@code K_b} the number of these.
 */
final class NoiseContrast {

  /** Of the peers: no logarithm of zero. */
  private static final float EPSILON = 1e-7f;

  private NoiseContrast() {}

  /**
   * The loss.
   *
   * @param own scores of the pairs of one picture, {@code [B, 1]}
   * @param others scores of the pairs of two, {@code [B, K]}
   * @param counted 1 or 0 for each of these, {@code [B, K]}
   * @param pictures {@code N}
   */
  static Operand<TFloat32> of(
      Ops tf,
      Operand<TFloat32> own,
      Operand<TFloat32> others,
      Operand<TFloat32> counted,
      int pictures) {
    long count = counted.shape().get(1);
    Operand<TFloat32> noise = tf.constant((float) ((double) count / pictures));
    Operand<TFloat32> floor = tf.constant((float) ((double) count / pictures) + EPSILON);
    Operand<TFloat32> ofOwn =
        tf.math.log(tf.math.div(own, tf.math.add(own, floor))); // [B, 1], below 0
    Operand<TFloat32> ofOthers =
        tf.math.mul(tf.math.log(tf.math.div(noise, tf.math.add(others, floor))), counted); // [B, K]
    Operand<TFloat32> kept = tf.reduceSum(counted, tf.array(1), ReduceSum.keepDims(true)); // [B, 1]
    Operand<TFloat32> scale =
        tf.math.div(tf.constant((float) count), tf.math.maximum(kept, tf.constant(1f))); // [B, 1]
    Operand<TFloat32> sums =
        tf.math.mul(tf.reduceSum(ofOthers, tf.array(1), ReduceSum.keepDims(true)), scale);
    return tf.math.neg(tf.math.mean(tf.math.add(ofOwn, sums), tf.array(0, 1)));
  }
}
