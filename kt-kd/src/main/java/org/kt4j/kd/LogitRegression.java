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
 * Model compression: the student regresses the teacher's logits.
 *
 * <pre>
 * L = (1/(B K)) sum_b sum_k (v_bk - z_bk)^2
 * </pre>
 *
 * <p>{@code v} are the teacher's logits, {@code z} the student's, {@code [B, K]} both. The mean is
 * taken over batch and classes; no gradient reaches the teacher.
 *
 * <p>Weight: Ba and Caruana write {@code 1/2} in front of the sum over the classes, so that {@code
 * weight: K/2} is theirs. As T grows, {@code kd} becomes half the variance over the classes of the
 * difference, that is {@code 1/2} of this loss for logits of equal mean (Hinton et al., 2015,
 * section 2.1).
 *
 * <p>Differs from the papers: Bucila et al. train on unlabelled data that they synthesise, Ba and
 * Caruana normalise the logits over the training set; {@code standardize} does so over the classes
 * of each image.
 *
 * <p>Example: one image, teacher (1, 3), student (2, 0): ((1)^2 + (3)^2) / 2 = 5.
 *
 * <p>Source: Bucila, Caruana, Niculescu-Mizil, Model Compression, 2006; Ba and Caruana, Do Deep
 * Nets Really Need to be Deep?, 2014, equation 1.
 */
record LogitRegression(boolean standardize) implements KnowledgeTransfer {

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    SameClasses.check("logit-regression", teacher, student);
    return Taps.ofLogits();
  }

  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    return Knowledge.of(Taps.LOGITS, target(tf, teacher.activation(Taps.LOGITS))); // [B, K]
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    Operand<TFloat32> own = target(tf, student.activation(Taps.LOGITS)); // [B, K]
    Operand<TFloat32> squares = tf.math.squaredDifference(own, knowledge.get(Taps.LOGITS));
    // One axis at a time: a sum over both would leave the range of float32 earlier.
    return tf.math.mean(tf.math.mean(squares, tf.array(1)), tf.array(0)); // [B, K] -> [B] -> []
  }

  private Operand<TFloat32> target(Ops tf, Operand<TFloat32> logits) {
    return standardize ? StandardizedLogits.of(tf, logits) : logits;
  }
}
