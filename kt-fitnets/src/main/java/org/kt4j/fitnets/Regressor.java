package org.kt4j.fitnets;

import java.util.List;
import org.kt4j.api.StudentSide;
import org.kt4j.api.StudentSide.Initial;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;

/**
 * What stands between the guided layer and the hint: a convolution with a bias, or with batch
 * normalisation instead. It is trained along with the student and is no part of it.
 *
 * <p>It always normalises by the batch: it is never evaluated, so it needs no running statistics.
 *
 * @param name the first part of its variables' names
 * @param kernel height and width
 * @param valid whether it goes without padding and makes the map smaller by {@code kernel - 1}
 * @param batchNorm whether its output is normalised
 */
record Regressor(String name, int kernel, boolean valid, boolean batchNorm) {

  private static final float EPSILON = 1e-5f;

  /**
   * Applies it.
   *
   * @param map the guided layer, {@code [B, H, W, C_S]}
   * @param channels of the hint
   * @return {@code [B, H', W', channels]}
   */
  Operand<TFloat32> of(Ops tf, StudentSide student, Operand<TFloat32> map, long channels) {
    Operand<TFloat32> weight =
        student.auxiliary(
            name + ".weight",
            Shape.of(kernel, kernel, map.shape().get(3), channels),
            Initial.HE_NORMAL);
    Operand<TFloat32> convolved =
        tf.nn.conv2d(map, weight, List.of(1L, 1L, 1L, 1L), valid ? "VALID" : "SAME");
    Operand<TFloat32> bias = student.auxiliary(name + ".bias", Shape.of(channels), Initial.ZEROS);
    if (!batchNorm) {
      return tf.nn.biasAdd(convolved, bias);
    }
    Operand<TFloat32> scale = student.auxiliary(name + ".scale", Shape.of(channels), Initial.ONES);
    Operand<TFloat32> none = tf.constant(new float[0]);
    return tf.nn
        .fusedBatchNorm(
            convolved,
            scale,
            bias,
            none,
            none,
            FusedBatchNorm.isTraining(true),
            FusedBatchNorm.epsilon(EPSILON))
        .y();
  }
}
