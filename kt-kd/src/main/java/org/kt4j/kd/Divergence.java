package org.kt4j.kd;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The Kullback-Leibler divergence of the student's probabilities from the teacher's. */
final class Divergence {

  private Divergence() {}

  /**
   * {@code sum_k p_k (ln p_k - ln q_k)} with {@code p} the softmax of the teacher's logits and
   * {@code q} that of the student's.
   *
   * @param taught the teacher's logits, {@code [B, K]}
   * @param own the student's logits, {@code [B, K]}
   * @return {@code [B]}
   */
  static Operand<TFloat32> of(Ops tf, Operand<TFloat32> taught, Operand<TFloat32> own) {
    Operand<TFloat32> known = tf.nn.logSoftmax(taught);
    Operand<TFloat32> predicted = tf.nn.logSoftmax(own);
    return tf.reduceSum(
        tf.math.mul(tf.math.exp(known), tf.math.sub(known, predicted)), tf.array(1));
  }
}
