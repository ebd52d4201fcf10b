package org.kt4j.kd;

import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Knowledge distillation: the student's softened class probabilities move towards the teacher's.
 *
 * <pre>
 * L = T^2 (1/B) sum_b KL(p_T || p_S),   p = softmax(logits / T)
 * </pre>
 *
 * <p>Logits are {@code [B, K]} on both sides; {@code T} is the temperature. The factor {@code T^2}
 * keeps the size of the gradient when the temperature changes (section 2 of the paper). The mean is
 * taken over the batch, the sum over the classes; no gradient reaches the teacher.
 *
 * <p>With {@code standardize} the logits of both sides have mean 0 and standard deviation 1 for
 * each image first, see {@link StandardizedLogits}.
 *
 * <p>Weight: 1 has the gradient of the 16 times softened cross-entropy at T = 4 that Huang and Wang
 * (2017) use; RepDistiller mixes 0.1 cross-entropy with 0.9 of this. Differs from the paper, which
 * writes the softened cross-entropy {@code H(p_T, p_S)}: the divergence is smaller by the teacher's
 * own entropy, a constant, and is zero when both agree.
 *
 * <p>Example: one image, teacher (ln 3, 0), student (0, 0), T = 1: p_T = (3/4, 1/4), p_S = (1/2,
 * 1/2), L = 3/4 ln 3/2 + 1/4 ln 1/2 = 0.130812.
 *
 * <p>Source: Hinton, Vinyals, Dean, Distilling the Knowledge in a Neural Network, 2015.
 */
record SoftenedLogits(double temperature, boolean standardize) implements KnowledgeTransfer {

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    SameClasses.check("kd", teacher, student);
    return Taps.ofLogits();
  }

  /** The logits are all that is known; they are softened on the other side, for free. */
  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    return Knowledge.of(Taps.LOGITS, scores(tf, teacher.activation(Taps.LOGITS))); // [B, K]
  }

  private Operand<TFloat32> scores(Ops tf, Operand<TFloat32> logits) {
    return standardize ? StandardizedLogits.of(tf, logits) : logits;
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    Operand<TFloat32> scale = tf.constant((float) (1 / temperature));
    Operand<TFloat32> taught = tf.math.mul(knowledge.get(Taps.LOGITS), scale); // [B, K]
    Operand<TFloat32> own = tf.math.mul(scores(tf, student.activation(Taps.LOGITS)), scale);
    Operand<TFloat32> divergence = Divergence.of(tf, taught, own); // [B]
    return tf.math.mul(
        tf.math.mean(divergence, tf.array(0)), tf.constant((float) (temperature * temperature)));
  }
}
