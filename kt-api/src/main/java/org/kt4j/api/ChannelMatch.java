package org.kt4j.api;

import java.util.List;
import org.kt4j.api.StudentSide.Initial;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A student's map with as many channels as the teacher's has: itself, or a 1x1 convolution of it.
 * It stands beside {@link LayerSelection} because a method that compares maps channel by channel
 * needs both, one from elsewhere as much as ours.
 *
 * <p>The variables are auxiliary, so they are trained and never exported: {@code TAP.match.weight}
 * with the teacher's tap, {@code [1, 1, C_S, C_T]}, and what {@code end} adds.
 *
 * @param adapt when there is a convolution
 * @param end what follows it
 */
public record ChannelMatch(Adapt adapt, End end) {

  /** What follows the convolution. */
  public enum End {
    /** Nothing: for a method that does not see what a bias adds to a channel. */
    NOTHING,
    /** A bias, {@code TAP.match.bias}. */
    BIAS,
    /** {@link StudentSide#batchNorm}, {@code TAP.match.scale} and {@code TAP.match.bias}. */
    BATCH_NORM
  }

  /**
   * The student's map of a pair, at the size at which the pair is compared.
   *
   * @param pair of two feature maps
   * @return {@code [B, H, W, C_T]}
   */
  public Operand<TFloat32> of(Ops tf, StudentSide student, LayerPair pair) {
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
    return switch (end) {
      case NOTHING -> convolved;
      case BIAS ->
          tf.nn.biasAdd(
              convolved, student.auxiliary(name + "bias", Shape.of(channels), Initial.ZEROS));
      case BATCH_NORM -> student.batchNorm(tf, name, convolved);
    };
  }
}
