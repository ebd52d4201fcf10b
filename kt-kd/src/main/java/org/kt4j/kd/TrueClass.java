package org.kt4j.kd;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Which class of each picture is that of its label. */
final class TrueClass {

  private TrueClass() {}

  /**
   * True at the label.
   *
   * @param labels {@code [B]}
   * @param logits {@code [B, K]}, for the number of classes
   * @return {@code [B, K]}
   */
  static Operand<TBool> of(Ops tf, Operand<TInt32> labels, Operand<TFloat32> logits) {
    int classes = Math.toIntExact(logits.shape().get(1));
    return tf.oneHot(labels, tf.constant(classes), tf.constant(true), tf.constant(false));
  }
}
