package org.kt4j.fitnets;

import java.util.List;
import org.kt4j.api.StudentSide;
import org.kt4j.api.StudentSide.Initial;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What stands between the guided layer and the hint: a convolution with a bias, or with batch
 * normalisation instead. It is trained along with the student and is no part of it.
 *
 * <p>{@link org.kt4j.api.ChannelMatch} is another thing: always 1x1, and left out where the
 * channels are equal.
 *
 * @param name the first part of its variables' names
 * @param kernel height and width
 * @param valid whether it goes without padding and makes the map smaller by {@code kernel - 1}
 * @param batchNorm whether its output is normalised
 */
record Regressor(String name, int kernel, boolean valid, boolean batchNorm) {

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
    return batchNorm
        ? student.batchNorm(tf, name + ".", convolved)
        : tf.nn.biasAdd(
            convolved, student.auxiliary(name + ".bias", Shape.of(channels), Initial.ZEROS));
  }
}
