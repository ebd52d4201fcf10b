package org.kt4j.features;

import org.kt4j.api.ChannelMatch;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerPair;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;

/**
 * Distillation by the Pearson correlation: each channel of the student rises and falls with the
 * teacher's, over the pictures of the batch and their positions.
 *
 * <pre>
 * u_c = (F_c - mean) / || F_c - mean ||           F_c: the n = B H W values of one channel
 * L   = (n - 1) / (2 n C) sum_c || u_c of the student - u_c of the teacher ||^2
 *     = (n - 1) / (n C) sum_c (1 - r_c)           r_c: the correlation of the two channels
 * summed over the pairs of layers with their weights
 * </pre>
 *
 * <p>{@code F} is a map {@code [B, H, W, C]}. Where the channel counts differ, a 1x1 convolution of
 * the student's map comes first, see {@link ChannelMatch}. Knowledge: the teacher's map, since its
 * mean and length depend on the batch. No gradient reaches the teacher.
 *
 * <p>A channel that is constant in a batch is {@code u_c = 0}: with a live one of the teacher it
 * counts one half and has no gradient. So a batch of one picture of one position is 0, where peers
 * divide by zero.
 *
 * <p>Weight: mmrazor takes 10 for a one-stage detector. The loss lies between 0 and 2.
 *
 * <p>Differs from the paper in the factor (n - 1) / n, which comes from mmrazor's form: half the
 * mean squared difference of channels that are divided by their sample standard deviation. The 1e-6
 * that it adds to the deviation is left out.
 *
 * <p>Example: one picture, 1x3 positions, one channel, teacher (0, 1, 2), student (1, 0, 2): r =
 * 1/2, L = 2/3 (1 - 1/2) = 1/3.
 *
 * <p>Source: Cao, Zhang, Gao, Cheng, Cheng, Cheng, PKD: General Distillation Framework for Object
 * Detectors via Pearson Correlation Coefficient, 2022.
 */
record PearsonCorrelation(PkdOptions options) implements KnowledgeTransfer {

  /** A channel that stays below this is dead: it is what rounding leaves of values of order one. */
  private static final float DEAD = 1e-6f;

  /**
   * A channel whose range is less than this share of its largest magnitude is constant: it is clear
   * of what rounding leaves of a mean over many values.
   */
  private static final float CONSTANT = 1e-5f;

  /** Far below the variance of what is not constant, 5e-11 / n or more; not zero. */
  private static final float NO_EPSILON = 1e-25f;

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    return options.selection().taps(teacher, student);
  }

  @Override
  public boolean relatesPictures() {
    return true;
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
        pair -> distance(tf, student, pair, knowledge.get(pair.teacher())));
  }

  private Operand<TFloat32> distance(
      Ops tf, StudentSide student, LayerPair pair, Operand<TFloat32> map) {
    long channels = map.shape().get(3);
    Operand<TFloat32> own =
        new ChannelMatch(options.adapt(), ChannelMatch.End.NOTHING)
            .of(tf, student, pair); // [B, H, W, C]
    Operand<TFloat32> mean =
        tf.math.mean(
            tf.math.squaredDifference(standardized(tf, own), standardized(tf, map)),
            tf.array(0, 1, 2, 3)); // []
    Operand<TFloat32> values = tf.dtypes.cast(tf.size(map), TFloat32.class); // n C
    Operand<TFloat32> share =
        tf.math.sub(
            tf.constant(0.5f),
            tf.math.div(tf.constant(0.5f * channels), values)); // (n - 1) / (2 n)
    return tf.math.mul(mean, share);
  }

  /**
   * Each channel with mean 0 and variance 1, {@code sqrt(n) u_c}; a constant one all 0. What it is
   * divided by before, so that no square leaves the range of float32, does not change it and counts
   * as a constant in the gradient.
   */
  private static Operand<TFloat32> standardized(Ops tf, Operand<TFloat32> map) {
    Operand<TFloat32> constant = tf.stopGradient(map);
    Operand<TFloat32> most = tf.reduceMax(constant, tf.array(0, 1, 2)); // [C]
    Operand<TFloat32> least = tf.reduceMin(constant, tf.array(0, 1, 2)); // [C]
    Operand<TFloat32> size = size(tf, most, least);
    Operand<TFloat32> varies =
        tf.dtypes.cast(
            tf.math.greater(tf.math.mul(tf.math.sub(most, least), size), tf.constant(CONSTANT)),
            TFloat32.class); // [C]
    Operand<TFloat32> none = tf.constant(new float[0]);
    // One kernel forward and one backward; what follows from sums and products needs many.
    return tf.nn
        .fusedBatchNorm(
            tf.math.mul(map, size), // [B, H, W, C], at most 1
            varies,
            tf.zerosLike(varies),
            none,
            none,
            FusedBatchNorm.isTraining(true),
            FusedBatchNorm.epsilon(NO_EPSILON))
        .y();
  }

  /** One over each channel's largest magnitude, 0 of a dead one; {@code [C]}. */
  private static Operand<TFloat32> size(Ops tf, Operand<TFloat32> most, Operand<TFloat32> least) {
    Operand<TFloat32> peaks = tf.math.maximum(most, tf.math.neg(least));
    return tf.math.reciprocal(
        tf.select(
            tf.math.less(peaks, tf.constant(DEAD)), tf.constant(Float.POSITIVE_INFINITY), peaks));
  }
}
