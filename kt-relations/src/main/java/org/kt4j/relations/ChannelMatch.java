package org.kt4j.relations;

import java.util.List;
import org.kt4j.api.LayerPair;
import org.kt4j.api.StudentSide;
import org.kt4j.api.StudentSide.Initial;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;

/**
 * A student's map with as many channels as the teacher's has: itself, or a 1x1 convolution of it.
 * The convolution's variables are auxiliary: trained, never exported.
 *
 * @param adapt when there is a convolution
 * @param batchNorm whether its output is normalised, by the statistics of the batch: it is never
 *     evaluated, so it needs no running ones
 */
record ChannelMatch(Adapt adapt, boolean batchNorm) {

  private static final float EPSILON = 1e-5f;

  /**
   * The student's map of a pair.
   *
   * @return {@code [B, H, W, C_T]}
   */
  Operand<TFloat32> of(Ops tf, StudentSide student, LayerPair pair) {
    Operand<TFloat32> map = pair.studentMap(tf, student); // [B, H, W, C_S]
    long own = map.shape().get(3);
    long channels = student.teacherShapes().shape(pair.teacher()).get(3);
    if (adapt == Adapt.AUTO && own == channels) {
      return map;
    }
    String name = pair.teacher() + ".match.";
    Operand<TFloat32> weight =
        student.auxiliary(name + "weight", Shape.of(1, 1, own, channels), Initial.HE_NORMAL);
    Operand<TFloat32> convolved =
        tf.nn.conv2d(map, weight, List.of(1L, 1L, 1L, 1L), "VALID"); // [B, H, W, C_T]
    return batchNorm ? normalized(tf, student, name, convolved) : convolved;
  }

  private static Operand<TFloat32> normalized(
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
