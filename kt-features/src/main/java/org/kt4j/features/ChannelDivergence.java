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
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;

/**
 * Channel-wise distillation: each channel of the student responds where the teacher's does.
 *
 * <pre>
 * p_c = softmax over the HW positions of (F_c / T)              of one channel c
 * L   = T^2 / (B C) sum_b sum_c KL(p_c of the teacher || p_c of the student)
 *   KL = sum_n e_T (z_T - z_S) / sum_n e_T + log sum_n e_S - log sum_n e_T
 *        z = (F_c - max_n F_c) / T,   e = exp(z)           as it is computed
 * summed over the pairs of layers with their weights
 * </pre>
 *
 * <p>{@code F} is a map {@code [B, H, W, C]}. Where the channel counts differ, a 1x1 convolution of
 * the student's map comes first, see {@link ChannelMatch}. Knowledge: the teacher's map. No
 * gradient reaches the teacher.
 *
 * <p>Weight: mmrazor takes 10 at T = 1 on each map of a feature pyramid and 5 at T = 1 on the
 * scores of a segmentation; the authors' code 3 at T = 4 on the latter. Where all logits of a
 * channel are shifted alike nothing changes: only where a channel responds is learnt, not how
 * strongly on average.
 *
 * <p>Example: 1x2 positions, one channel, T = 1, teacher (ln 3, 0), student (0, 0): p_T = (3/4,
 * 1/4), p_S = (1/2, 1/2), L = 3/4 ln 3/2 + 1/4 ln 1/2 = 0.130812.
 *
 * <p>Source: Shu, Liu, Gao, Yan, Shen, Channel-wise Knowledge Distillation for Dense Prediction,
 * 2021.
 */
record ChannelDivergence(CwdOptions options) implements KnowledgeTransfer {

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    Taps taps = options.selection().taps(teacher, student);
    SeveralPositions.require(options.selection().pairs(teacher, student), teacher, student);
    return taps;
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
        pair -> divergence(tf, student, pair, knowledge.get(pair.teacher())));
  }

  private Operand<TFloat32> divergence(
      Ops tf, StudentSide student, LayerPair pair, Operand<TFloat32> map) {
    Softened taught = softened(tf, map);
    Softened own =
        softened(
            tf, new ChannelMatch(options.adapt(), ChannelMatch.End.NOTHING).of(tf, student, pair));
    Operand<TFloat32> crossed =
        sum(
            tf,
            tf.math.mul(
                taught.exponentials(), tf.math.sub(taught.logits(), own.logits()))); // [B, 1, 1, C]
    Operand<TFloat32> divergences =
        tf.math.add(
            tf.math.div(crossed, taught.sums()),
            tf.math.sub(tf.math.log(own.sums()), tf.math.log(taught.sums()))); // [B, 1, 1, C]
    return tf.math.mul(
        tf.math.mean(divergences, tf.array(0, 1, 2, 3)),
        tf.constant((float) (options.temperature() * options.temperature())));
  }

  /**
   * A softmax over two axes in its parts, without bringing the positions together in memory, and
   * without the passes over the map that the probabilities themselves would take.
   *
   * @param logits divided by the temperature, of each channel at most 0; {@code [B, H, W, C]}
   * @param exponentials of them
   * @param sums of these over the positions, 1 or more; {@code [B, 1, 1, C]}
   */
  private record Softened(
      Operand<TFloat32> logits, Operand<TFloat32> exponentials, Operand<TFloat32> sums) {}

  private Softened softened(Ops tf, Operand<TFloat32> map) {
    Operand<TFloat32> scaled =
        options.temperature() == 1
            ? map
            : tf.math.mul(map, tf.constant((float) (1 / options.temperature()))); // [B, H, W, C]
    Operand<TFloat32> peaks =
        tf.stopGradient(
            tf.reduceMax(scaled, tf.array(1, 2), ReduceMax.keepDims(true))); // [B, 1, 1, C]
    Operand<TFloat32> logits = tf.math.sub(scaled, peaks);
    Operand<TFloat32> exponentials = tf.math.exp(logits);
    return new Softened(logits, exponentials, sum(tf, exponentials));
  }

  private static Operand<TFloat32> sum(Ops tf, Operand<TFloat32> map) {
    return tf.reduceSum(map, tf.array(1, 2), ReduceSum.keepDims(true));
  }
}
