package org.kt4j.features;

import java.util.List;
import org.kt4j.api.StudentSide;
import org.kt4j.api.StudentSide.Initial;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.LeakyRelu;
import org.tensorflow.types.TFloat32;

/**
 * Three 3x3 convolutions, each with a leaky ReLU of slope 0.1 behind it: half a paraphraser, or a
 * translator. A convolution has a bias, or batch normalisation.
 *
 * @param tf where to put the operations
 * @param student whose term owns the variables
 * @param batchNorm whether outputs of convolutions are normalised
 */
record FactorNetwork(Ops tf, StudentSide student, boolean batchNorm) {

  private static final float SLOPE = 0.1f;

  /**
   * Applies it: the first convolution keeps the channels, the others have those of the output.
   *
   * @param name the first part of the names of its variables
   * @param map {@code [B, H, W, C]}
   * @return {@code [B, H, W, channels]}
   */
  Operand<TFloat32> of(String name, Operand<TFloat32> map, long channels) {
    Operand<TFloat32> first = layer(name + ".1", map, map.shape().get(3));
    return layer(name + ".3", layer(name + ".2", first, channels), channels);
  }

  private Operand<TFloat32> layer(String name, Operand<TFloat32> map, long channels) {
    Operand<TFloat32> weight =
        student.auxiliary(
            name + ".weight", Shape.of(3, 3, map.shape().get(3), channels), Initial.HE_NORMAL);
    Operand<TFloat32> convolved =
        tf.nn.conv2d(map, weight, List.of(1L, 1L, 1L, 1L), "SAME"); // [B, H, W, channels]
    Operand<TFloat32> output =
        batchNorm
            ? student.batchNorm(tf, name + ".", convolved)
            : tf.nn.biasAdd(
                convolved, student.auxiliary(name + ".bias", Shape.of(channels), Initial.ZEROS));
    return tf.nn.leakyRelu(output, LeakyRelu.alpha(SLOPE));
  }
}
