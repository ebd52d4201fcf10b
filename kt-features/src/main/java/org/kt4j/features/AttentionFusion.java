package org.kt4j.features;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.StudentSide;
import org.kt4j.api.StudentSide.Initial;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * One step of a review: a layer of the student and what is left of the deeper ones, weighed at each
 * position.
 *
 * <pre>
 * x = BN(conv1x1(F))                                              [B, H, W, M]
 * z = sigmoid(conv1x1([x, y]) + bias)     y: the deeper residual at this size   [B, H, W, 2]
 * r = z_1 x + z_2 y                       the residual for the layer below; x for the deepest
 * o = BN(conv3x3(r))                                              [B, H, W, C_T]
 * </pre>
 *
 * <p>Its variables are auxiliary: trained, never exported. Batch normalisation is by the statistics
 * of the batch.
 *
 * @param name the first part of its variables' names
 * @param channels {@code M}
 */
record AttentionFusion(String name, long channels) {

  private static final List<Long> STRIDES = List.of(1L, 1L, 1L, 1L);

  /**
   * The residual.
   *
   * @param map of the student, {@code [B, H, W, C_S]}
   * @param deeper the residual of the next deeper layer, {@code [B, h, w, M]}; null for the deepest
   * @return {@code [B, H, W, M]}
   */
  Operand<TFloat32> fused(
      Ops tf, StudentSide student, Operand<TFloat32> map, @Nullable Operand<TFloat32> deeper) {
    Operand<TFloat32> reduced = convolved(tf, student, "reduce", map, 1, channels);
    if (deeper == null) {
      return reduced;
    }
    Shape size = map.shape();
    Operand<TFloat32> above = enlarged(tf, deeper, size.get(1), size.get(2)); // [B, H, W, M]
    Operand<TFloat32> weight =
        student.auxiliary(
            name + ".attention.weight", Shape.of(1, 1, 2 * channels, 2), Initial.HE_NORMAL);
    Operand<TFloat32> bias =
        student.auxiliary(name + ".attention.bias", Shape.of(2), Initial.ZEROS);
    Operand<TFloat32> scores =
        tf.nn.conv2d(
            tf.concat(List.of(reduced, above), tf.constant(3)), // [B, H, W, 2M]
            weight,
            STRIDES,
            "VALID"); // [B, H, W, 2]
    Operand<TFloat32> shares = tf.math.sigmoid(tf.nn.biasAdd(scores, bias));
    return tf.math.add(
        tf.math.mul(reduced, share(tf, shares, 0)), tf.math.mul(above, share(tf, shares, 1)));
  }

  private static Operand<TFloat32> share(Ops tf, Operand<TFloat32> shares, int which) {
    return tf.slice(
        shares, tf.array(0, 0, 0, which), tf.array(-1, -1, -1, 1)); // [B, H, W, 2] -> [B, H, W, 1]
  }

  private static Operand<TFloat32> enlarged(
      Ops tf, Operand<TFloat32> map, long height, long width) {
    if (map.shape().get(1) == height && map.shape().get(2) == width) {
      return map;
    }
    return tf.image.resizeNearestNeighbor(
        map,
        tf.array(Math.toIntExact(height), Math.toIntExact(width))); // [B, h, w, M] -> [B, H, W, M]
  }

  /**
   * What is compared with the teacher.
   *
   * @param fused the residual, {@code [B, H, W, M]}
   * @param outputs {@code C_T}
   * @return {@code [B, H, W, C_T]}
   */
  Operand<TFloat32> output(Ops tf, StudentSide student, Operand<TFloat32> fused, long outputs) {
    return convolved(tf, student, "output", fused, 3, outputs);
  }

  private Operand<TFloat32> convolved(
      Ops tf, StudentSide student, String part, Operand<TFloat32> map, int kernel, long outputs) {
    String prefix = name + "." + part + ".";
    Operand<TFloat32> weight =
        student.auxiliary(
            prefix + "weight",
            Shape.of(kernel, kernel, map.shape().get(3), outputs),
            Initial.HE_NORMAL);
    return student.batchNorm(tf, prefix, tf.nn.conv2d(map, weight, STRIDES, "SAME"));
  }
}
