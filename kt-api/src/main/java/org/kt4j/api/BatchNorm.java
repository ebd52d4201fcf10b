package org.kt4j.api;

import org.kt4j.api.StudentSide.Initial;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;

/**
 * Batch normalisation behind a convolution of a term's own, with a trained scale and bias. It is by
 * the statistics of the batch alone: what belongs to a term is never evaluated, so it needs no
 * running ones.
 *
 * <pre>y = scale (x - mean) / sqrt(variance + 1e-5) + bias</pre>
 */
public final class BatchNorm {

  private static final float EPSILON = 1e-5f;

  private BatchNorm() {}

  /**
   * Normalises each channel over the pictures and positions of the batch.
   *
   * @param name the first part of the names of its auxiliary variables, which end with {@code
   *     scale}, ones at first, and {@code bias}, zeros at first
   * @param map {@code [B, H, W, C]}
   * @return {@code [B, H, W, C]}
   */
  public static Operand<TFloat32> of(
      Ops tf, StudentSide student, String name, Operand<TFloat32> map) {
    Shape channels = Shape.of(map.shape().get(3));
    Operand<TFloat32> none = tf.constant(new float[0]);
    return tf.nn
        .fusedBatchNorm(
            map,
            student.auxiliary(name + "scale", channels, Initial.ONES),
            student.auxiliary(name + "bias", channels, Initial.ZEROS),
            none,
            none,
            FusedBatchNorm.isTraining(true),
            FusedBatchNorm.epsilon(EPSILON))
        .y();
  }
}
