package org.kt4j.features;

import java.util.List;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerPair;
import org.kt4j.api.StudentSide;
import org.kt4j.api.StudentSide.Initial;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Variational information distillation: the student's map says as much as possible about the
 * teacher's, which a normal distribution predicts from it.
 *
 * <pre>
 * mu   = W_3 relu(W_2 relu(W_1 F_S))              1x1 convolutions, W_1 [C_S, C], W_2 and W_3 [C, C]
 * v_c  = softplus(s_c + s) + 1e-5                 s such that v_c is the initial variance at s_c = 0
 * D    = mean over B, H, W, C of ((mu - F_T)^2 / v_c + ln v_c) / 2
 * L    = sum_l w_l D_l                            pairs of layers l with weights w_l
 * </pre>
 *
 * <p>{@code F} is a map {@code [B, H, W, C]}. {@code W_1}, {@code W_2}, {@code W_3} and {@code s_c}
 * are auxiliary variables: trained, never exported. Knowledge: the teacher's map. No gradient
 * reaches the teacher.
 *
 * <p>The loss is a negative log likelihood without its constant: it may be negative, and has no
 * value that says that both agree.
 *
 * <p>Weight: RepDistiller and mdistiller take 1. mdistiller does not train the variance.
 *
 * <p>Differs from the paper and RepDistiller in the first values of the convolutions (He normal),
 * and in that the variance is an offset from its first value: weight decay draws it back there.
 *
 * <p>Example: one position, one channel, W_1 = 2, W_2 = 1, W_3 = 3, variance 5, student 1, teacher
 * 4: mu = 6, L = (4 / 5 + ln 5) / 2 = 1.204719.
 *
 * <p>Source: Ahn, Hu, Damianou, Lawrence, Dai, Variational Information Distillation for Knowledge
 * Transfer, 2019; RepDistiller.
 */
record VariationalInformation(VidOptions options) implements KnowledgeTransfer {

  /** The least variance, as in the authors' code. */
  private static final double EPSILON = 1e-5;

  /** Keeps squares of huge activations in the range of float32, without rounding. */
  private static final float GUARD = 0x1p-16f;

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    return options.selection().taps(teacher, student);
  }

  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    return TeacherMaps.of(
        tf, teacher, options.selection().pairs(teacher.teacherShapes(), teacher.studentShapes()));
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    return LayerSum.of(
        tf,
        options.selection().pairs(student.teacherShapes(), student.studentShapes()),
        pair -> negativeLogLikelihood(tf, student, pair, knowledge.get(pair.teacher())));
  }

  private Operand<TFloat32> negativeLogLikelihood(
      Ops tf, StudentSide student, LayerPair pair, Operand<TFloat32> map) {
    long channels = map.shape().get(3);
    Operand<TFloat32> predicted = predicted(tf, student, pair, channels); // [B, H, W, C]
    Operand<TFloat32> guarded = tf.math.mul(tf.math.sub(predicted, map), tf.constant(GUARD));
    Operand<TFloat32> squares = tf.math.mean(tf.math.square(guarded), tf.array(0, 1, 2)); // [C]
    Operand<TFloat32> variances = variances(tf, student, pair, channels); // [C]
    Operand<TFloat32> errors =
        tf.math.mul(
            tf.math.mean(tf.math.div(squares, variances), tf.array(0)),
            tf.constant(0.5f / GUARD / GUARD));
    Operand<TFloat32> widths =
        tf.math.mul(tf.math.mean(tf.math.log(variances), tf.array(0)), tf.constant(0.5f));
    return tf.math.add(errors, widths);
  }

  private static Operand<TFloat32> predicted(
      Ops tf, StudentSide student, LayerPair pair, long channels) {
    Operand<TFloat32> map = pair.studentMap(tf, student); // [B, H, W, C_S]
    for (int layer = 1; layer <= 3; layer++) {
      Operand<TFloat32> weight =
          student.auxiliary(
              pair.teacher() + ".regressor" + layer,
              Shape.of(1, 1, map.shape().get(3), channels),
              Initial.HE_NORMAL);
      Operand<TFloat32> convolved =
          tf.nn.conv2d(map, weight, List.of(1L, 1L, 1L, 1L), "VALID"); // [B, H, W, C]
      map = layer < 3 ? tf.nn.relu(convolved) : convolved;
    }
    return map;
  }

  private Operand<TFloat32> variances(Ops tf, StudentSide student, LayerPair pair, long channels) {
    Operand<TFloat32> offsets =
        student.auxiliary(pair.teacher() + ".variance", Shape.of(channels), Initial.ZEROS);
    Operand<TFloat32> positive =
        tf.math.softplus(tf.math.add(offsets, tf.constant((float) initialScale())));
    return tf.math.add(positive, tf.constant((float) EPSILON));
  }

  /** Where the softplus, {@code ln(1 + e^x)}, is the initial variance. */
  private double initialScale() {
    double variance = options.initialVariance() - EPSILON;
    return variance + Math.log(-Math.expm1(-variance));
  }
}
