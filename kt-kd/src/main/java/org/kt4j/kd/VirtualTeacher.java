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
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Teacher-free distillation: the student learns from a teacher that is right about every picture
 * and sees all other classes alike.
 *
 * <pre>
 * u_k = a at the label, (1 - a) / (K - 1) elsewhere
 * L   = (1/B) sum_b KL(softmax(u / T) || softmax(z))        z the student's logits, [B, K]
 * </pre>
 *
 * <p>There is no teacher and no knowledge. The mean is taken over the batch, the sum over the
 * classes.
 *
 * <p>Weight: 0.1 beside 0.9 of the labels in the published code for ResNet-18 on CIFAR-100; it
 * divides by the number of classes, 100, and multiplies by 100.
 *
 * <p>Differs from the paper, which softens both sides by the temperature; the published code, and
 * this, softens the virtual teacher alone, and takes its probabilities for logits. It is label
 * smoothing with much smoothing: at T = 20 the true class of 100 has the probability 0.0105.
 *
 * <p>Example: T = 1/2, a = 1, two classes, label 0: u / T = (2, 0), softmax (0.880797, 0.119203);
 * student (0, 0): L = ln 2 - H = 0.693147 - 0.365334 = 0.327813.
 *
 * <p>Source: Yuan, Tay, Li, Wang, Feng, Revisiting Knowledge Distillation via Label Smoothing
 * Regularization, 2020, section 5, and the code published with it.
 */
record VirtualTeacher(TfKdOptions options) implements KnowledgeTransfer {

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    return new Taps(List.of(), List.of(Taps.LOGITS));
  }

  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    return Knowledge.none();
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    Operand<TFloat32> own = student.activation(Taps.LOGITS); // [B, K]
    long others = Math.max(1, own.shape().get(1) - 1);
    Operand<TBool> label = TrueClass.of(tf, student.labels(), own);
    Operand<TFloat32> virtual =
        tf.select(
            label,
            tf.constant((float) (options.probability() / options.temperature())),
            tf.constant(
                (float) ((1 - options.probability()) / others / options.temperature()))); // [B, K]
    return tf.math.mean(Divergence.of(tf, virtual, own), tf.array(0));
  }
}
