package org.kt4j.classification;

import java.util.List;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Announces cross-entropy with the labels, a term like any other. */
final class CrossEntropyProvider
    implements KnowledgeTransferProvider<CrossEntropyProvider.Options> {

  /** Its name in an objective. */
  static final String NAME = "cross-entropy";

  /**
   * The options.
   *
   * @param labelSmoothing share of the target that is spread over all classes (Szegedy et al.,
   *     2016)
   */
  public record Options(
      @Description("share of the target spread over all classes, from 0 to below 1")
          double labelSmoothing) {

    /** Checks the range. */
    public Options {
      if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
        throw new InvalidOptionException("labelSmoothing", labelSmoothing, "from 0 to below 1");
      }
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "cross-entropy with the labels, with optional label smoothing";
  }

  @Override
  public MethodFamily family() {
    return MethodFamily.LABELS;
  }

  @Override
  public Options defaults() {
    return new Options(0);
  }

  @Override
  public KnowledgeTransfer create(Options options) {
    return new CrossEntropy(options.labelSmoothing());
  }

  /**
   * Cross-entropy: {@code -(1/B) sum_b sum_k q_bk log p_bk}, with {@code p = softmax(logits)} and
   * {@code q = (1 - s) onehot(label) + s / K} for smoothing {@code s} over {@code K} classes.
   *
   * <p>Example: logits (0, 0) and any label give ln 2 = 0.6931.
   */
  private record CrossEntropy(double smoothing) implements KnowledgeTransfer {

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
      Operand<TFloat32> logits = student.activation(Taps.LOGITS); // [B, K]
      return tf.math.mean(losses(tf, student.labels(), logits, smoothing), tf.array(0));
    }
  }

  /**
   * The loss of each picture, {@code [B]}.
   *
   * @param labels {@code [B]}
   * @param logits {@code [B, K]}
   * @param smoothing the share of a target that is spread over all classes
   */
  static Operand<TFloat32> losses(
      Ops tf, Operand<TInt32> labels, Operand<TFloat32> logits, double smoothing) {
    int classes = Math.toIntExact(logits.shape().get(1));
    float off = (float) (smoothing / classes);
    float on = (float) (1 - smoothing) + off;
    Operand<TFloat32> targets =
        tf.oneHot(labels, tf.constant(classes), tf.constant(on), tf.constant(off)); // [B, K]
    return tf.nn.softmaxCrossEntropyWithLogits(logits, targets).loss();
  }
}
