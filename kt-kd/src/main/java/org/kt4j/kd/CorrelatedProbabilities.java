package org.kt4j.kd;

import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Distillation from a stronger teacher: the student's probabilities shall rank as the teacher's,
 * over the classes of each picture and over the pictures of each class, whatever their scale.
 *
 * <pre>
 * p     = softmax(z / T)                                 z the logits, [B, K]
 * r(x, y) = sum (x - mean x)(y - mean y) / (|x - mean x| |y - mean y| + 1e-8)
 * inter = 1 - (1/B) sum_b r(p^S_b., p^T_b.)              over the classes of a picture
 * intra = 1 - (1/K) sum_k r(p^S_.k, p^T_.k)              over the pictures of a batch
 * L     = T^2 (w_inter inter + w_intra intra)
 * </pre>
 *
 * <p>{@code r} is Pearson's correlation. No gradient reaches the teacher. A side that does not vary
 * has the correlation 0 and no gradient. In a batch of one picture nothing varies over the
 * pictures, and {@code intra} is left out. Without {@code intra} ({@code intra-weight: 0}) the loss
 * does not relate pictures to each other.
 *
 * <p>Weight: 2 in the authors' code, mmrazor and torchdistill, at T = 1 for ImageNet and T = 4 for
 * CIFAR-100.
 *
 * <p>Differs from the paper in nothing but the batch of one picture, where the published code has
 * the constant 1.
 *
 * <p>Example: T = 1, two pictures of two classes, teacher (ln 3, 0) and (0, ln 3), so p is (3/4,
 * 1/4) and (1/4, 3/4); student (0, 0) and (0, ln 3): (1/2, 1/2) does not vary, so its correlation
 * is 0, that of the second picture is 1; each class has (1/2, 1/4) against (3/4, 1/4) or the mirror
 * image, of correlation 1. L = (1 - 1/2) + (1 - 1) = 1/2.
 *
 * <p>Source: Huang, You, Wang, Qian, Xu, Knowledge Distillation from A Stronger Teacher, 2022,
 * section 4.
 */
record CorrelatedProbabilities(DistOptions options) implements KnowledgeTransfer {

  /** As in the published code: what is added to the product of the lengths. */
  private static final float EPSILON = 1e-8f;

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    SameClasses.check("dist", teacher, student);
    return Taps.ofLogits();
  }

  @Override
  public boolean relatesPictures() {
    return options.intraWeight() > 0;
  }

  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    return Knowledge.of(Taps.LOGITS, teacher.activation(Taps.LOGITS)); // [B, K]
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    Operand<TFloat32> taught = probabilities(tf, knowledge.get(Taps.LOGITS)); // [B, K]
    Operand<TFloat32> own = probabilities(tf, student.activation(Taps.LOGITS)); // [B, K]
    Operand<TFloat32> sum = tf.constant(0f);
    if (options.interWeight() > 0) {
      sum = tf.math.add(sum, weighted(tf, options.interWeight(), apart(tf, own, taught, 1)));
    }
    if (options.intraWeight() > 0) {
      Operand<TInt32> batch = tf.gather(tf.shape(own), tf.constant(0), tf.constant(0)); // []
      Operand<TFloat32> related =
          tf.select(tf.math.greater(batch, tf.constant(1)), tf.constant(1f), tf.constant(0f));
      Operand<TFloat32> intra = tf.math.mul(apart(tf, own, taught, 0), related);
      sum = tf.math.add(sum, weighted(tf, options.intraWeight(), intra));
    }
    return sum;
  }

  private Operand<TFloat32> weighted(Ops tf, double weight, Operand<TFloat32> part) {
    double squared = options.temperature() * options.temperature();
    return tf.math.mul(part, tf.constant((float) (weight * squared)));
  }

  private Operand<TFloat32> probabilities(Ops tf, Operand<TFloat32> logits) {
    return tf.nn.softmax(tf.math.mul(logits, tf.constant((float) (1 / options.temperature()))));
  }

  /** One minus the mean correlation along an axis. */
  private static Operand<TFloat32> apart(
      Ops tf, Operand<TFloat32> own, Operand<TFloat32> taught, int axis) {
    Operand<TFloat32> x = centred(tf, own, axis);
    Operand<TFloat32> y = centred(tf, taught, axis);
    Operand<TFloat32> lengths = tf.math.mul(length(tf, x, axis), length(tf, y, axis));
    Operand<TFloat32> correlations =
        tf.math.div(
            tf.reduceSum(tf.math.mul(x, y), tf.array(axis)),
            tf.math.add(lengths, tf.constant(EPSILON))); // [B] or [K]
    return tf.math.sub(tf.constant(1f), tf.math.mean(correlations, tf.array(0)));
  }

  private static Operand<TFloat32> centred(Ops tf, Operand<TFloat32> matrix, int axis) {
    return tf.math.sub(matrix, tf.math.mean(matrix, tf.array(axis), Mean.keepDims(true)));
  }

  /** The root of the sum of squares, with the gradient zero at zero. */
  private static Operand<TFloat32> length(Ops tf, Operand<TFloat32> matrix, int axis) {
    Operand<TFloat32> squares = tf.reduceSum(tf.math.square(matrix), tf.array(axis));
    Operand<TBool> varies = tf.math.greater(squares, tf.constant(0f));
    Operand<TFloat32> rooted =
        tf.math.sqrt(tf.select(varies, squares, tf.constant(1f))); // never the root of zero
    return tf.select(varies, rooted, tf.constant(0f));
  }
}
