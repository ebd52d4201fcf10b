package org.kt4j.kd;

import java.util.List;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Decoupled knowledge distillation: how sure the teacher is of the true class, and how it sees the
 * other classes among themselves, are learnt apart and weighted apart.
 *
 * <pre>
 * p  = softmax(z / T)                        z the logits, [B, K]; t the class of the label
 * b  = (p_t, 1 - p_t)                        the true class against all others
 * q  = softmax of z / T over k != t          the other classes among themselves
 * L  = T^2 (1/B) sum_b (alpha KL(b_T || b_S) + beta KL(q_T || q_S))
 * </pre>
 *
 * <p>No gradient reaches the teacher. With {@code beta} equal to the teacher's {@code 1 - p_t} of
 * each picture and {@code alpha} 1 this is {@code kd}: there the other classes count little where
 * the teacher is sure.
 *
 * <p>{@code ln (1 - p_t)} is the logarithm of a sum of exponentials over the other classes, so that
 * it is exact where {@code p_t} rounds to 1; peers take the logarithm of the sum of the others'
 * probabilities, which may be that of zero.
 *
 * <p>Weight: 1; {@code beta} is 8 for resnet32x4 to resnet8x4 on CIFAR-100 and 0.5 for ResNet-34 to
 * ResNet-18 on ImageNet in mdistiller, whose weight grows from 0 to 1 over 20 epochs.
 *
 * <p>Example: T = 1, alpha 1, beta 1, label 0, teacher (ln 2, ln 3, 0), student (0, 0, 0): b_T =
 * (1/3, 2/3) and b_S = (1/3, 2/3), so the first part is 0; q_T = (3/4, 1/4) and q_S = (1/2, 1/2):
 * 3/4 ln 3/2 + 1/4 ln 1/2 = 0.130812.
 *
 * <p>Source: Zhao, Cui, Song, Qiu, Liang, Decoupled Knowledge Distillation, 2022.
 */
record DecoupledLogits(DkdOptions options) implements KnowledgeTransfer {

  /** A logit so far below any other that its class has the probability zero. */
  private static final float NEVER = -1e30f;

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    SameClasses.check("dkd", teacher, student);
    return Taps.ofLogits();
  }

  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    return Knowledge.of(Taps.LOGITS, teacher.activation(Taps.LOGITS)); // [B, K]
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    Operand<TFloat32> scale = tf.constant((float) (1 / options.temperature()));
    Operand<TFloat32> taught = tf.math.mul(knowledge.get(Taps.LOGITS), scale); // [B, K]
    Operand<TFloat32> own = tf.math.mul(student.activation(Taps.LOGITS), scale); // [B, K]
    Operand<TBool> label = TrueClass.of(tf, student.labels(), own); // [B, K]
    Operand<TFloat32> othersTaught = others(tf, taught, label);
    Operand<TFloat32> othersOwn = others(tf, own, label);
    Operand<TFloat32> target =
        Divergence.of(
            tf, binary(tf, taught, othersTaught, label), binary(tf, own, othersOwn, label)); // [B]
    Operand<TFloat32> rest = Divergence.of(tf, othersTaught, othersOwn); // [B]
    double squared = options.temperature() * options.temperature();
    return tf.math.mean(
        tf.math.add(
            tf.math.mul(target, tf.constant((float) (options.alpha() * squared))),
            tf.math.mul(rest, tf.constant((float) (options.beta() * squared)))),
        tf.array(0));
  }

  /** The logits without that of the label, {@code [B, K]}. */
  private static Operand<TFloat32> others(Ops tf, Operand<TFloat32> logits, Operand<TBool> label) {
    return tf.select(label, tf.constant(NEVER), logits);
  }

  /** The logit of the label and that of all others together, {@code [B, 2]}. */
  private static Operand<TFloat32> binary(
      Ops tf, Operand<TFloat32> logits, Operand<TFloat32> others, Operand<TBool> label) {
    Operand<TFloat32> own =
        tf.reduceSum(
            tf.select(label, logits, tf.constant(0f)),
            tf.array(1),
            ReduceSum.keepDims(true)); // [B, 1]
    Operand<TFloat32> peak =
        tf.stopGradient(tf.reduceMax(others, tf.array(1), ReduceMax.keepDims(true))); // [B, 1]
    Operand<TFloat32> sum =
        tf.reduceSum(tf.math.exp(tf.math.sub(others, peak)), tf.array(1), ReduceSum.keepDims(true));
    return tf.concat(
        List.of(own, tf.math.add(peak, tf.math.log(sum))), tf.constant(1)); // 2 [B, 1] -> [B, 2]
  }
}
