package org.kt4j.kd;

import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Weighted soft labels: a picture counts the less, the better the student knows it already compared
 * with the teacher.
 *
 * <pre>
 * c  = -ln softmax(z)_t                                z the logits, [B, K]; t the class of the label
 * w  = 1 - exp(-c_S / (c_T + 1e-7))                    [B], counts as a constant in the gradient
 * L  = T^2 (1/B) sum_b w_b H(softmax(z_T / T), softmax(z_S / T)),   H(p, q) = -sum_k p_k ln q_k
 * </pre>
 *
 * <p>No gradient reaches the teacher. The value holds the teacher's own entropy, so it is not zero
 * where both agree; its gradient is.
 *
 * <p>Weight: 2.5 at T = 2 in the published code and in mmrazor.
 *
 * <p>Differs from the paper in nothing that we know of.
 *
 * <p>Example: T = 1, label 0, teacher (ln 3, 0), student (0, 0): c_T = ln 4/3, c_S = ln 2, w = 1 -
 * exp(-2.409421) = 0.910132; H = ln 2. L = 0.630855.
 *
 * <p>Source: Zhou et al., Rethinking Soft Labels for Knowledge Distillation: A Bias-Variance
 * Tradeoff Perspective, 2021, section 4.
 */
record WeightedSoftLabels(double temperature) implements KnowledgeTransfer {

  /** As in the published code: a teacher may be certain. */
  private static final float EPSILON = 1e-7f;

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    SameClasses.check("wsld", teacher, student);
    return Taps.ofLogits();
  }

  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    return Knowledge.of(Taps.LOGITS, teacher.activation(Taps.LOGITS)); // [B, K]
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    Operand<TFloat32> taught = knowledge.get(Taps.LOGITS); // [B, K]
    Operand<TFloat32> own = student.activation(Taps.LOGITS); // [B, K]
    Operand<TBool> label = TrueClass.of(tf, student.labels(), own);
    Operand<TFloat32> ratio =
        tf.math.div(
            surprise(tf, tf.stopGradient(own), label),
            tf.math.add(surprise(tf, taught, label), tf.constant(EPSILON))); // [B]
    Operand<TFloat32> weights =
        tf.stopGradient(tf.math.neg(tf.math.expm1(tf.math.neg(ratio)))); // [B], 0 to 1
    Operand<TFloat32> scale = tf.constant((float) (1 / temperature));
    Operand<TFloat32> soft = tf.nn.softmax(tf.math.mul(taught, scale)); // [B, K]
    Operand<TFloat32> predicted = tf.nn.logSoftmax(tf.math.mul(own, scale)); // [B, K]
    Operand<TFloat32> entropies =
        tf.math.neg(tf.reduceSum(tf.math.mul(soft, predicted), tf.array(1))); // [B]
    return tf.math.mul(
        tf.math.mean(tf.math.mul(weights, entropies), tf.array(0)),
        tf.constant((float) (temperature * temperature)));
  }

  /** Minus the logarithm of the probability of the label, {@code [B]}. */
  private static Operand<TFloat32> surprise(
      Ops tf, Operand<TFloat32> logits, Operand<TBool> label) {
    return tf.math.neg(
        tf.reduceSum(tf.select(label, tf.nn.logSoftmax(logits), tf.constant(0f)), tf.array(1)));
  }
}
