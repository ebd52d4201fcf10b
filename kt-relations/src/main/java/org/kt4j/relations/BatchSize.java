package org.kt4j.relations;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** How many pictures a batch has, which is not known while the graph is built. */
final class BatchSize {

  private BatchSize() {}

  /** The length of the first axis, a scalar. */
  static Operand<TInt32> of(Ops tf, Operand<? extends TNumber> batch) {
    return tf.gather(tf.shape(batch), tf.constant(0), tf.constant(0)); // [axes] -> []
  }
}
