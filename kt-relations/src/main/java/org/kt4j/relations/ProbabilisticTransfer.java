package org.kt4j.relations;

import java.util.Map;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/**
 * Probabilistic knowledge transfer: with what probability one picture of a batch is a neighbour of
 * another shall be the same to teacher and student.
 *
 * <pre>
 * s_ij = (1 + cos(f_i, f_j)) / 2                      f [B, C], one row for each picture
 * p_ij = s_ij / sum_j s_ij                            [B, B]
 * L    = (1/B^2) sum_ij p^T_ij ln((p^T_ij + e) / (p^S_ij + e)),   e = 1e-7
 * </pre>
 *
 * <p>{@code T} is the teacher, {@code S} the student; several pairs of layers are summed. The
 * numbers of channels may differ. Knowledge: the teacher's features, {@code C} numbers a picture.
 * No gradient reaches the teacher.
 *
 * <p>The matrices of {@code B x B} are computed in float64: two networks have nearly the same
 * probabilities, and {@code L}, of order 1e-5, is what is left of logarithms that float32 rounds at
 * 1e-7. A picture whose features are zero has the cosine 0 with all pictures and gets no gradient.
 * In a batch of one picture the only probability is 1 and the loss is 0.
 *
 * <p>Weight: 30000 in RepDistiller and in mdistiller.
 *
 * <p>Differs from the paper: the paper allows other kernels and a mean over pairs or a sum; this is
 * the cosine and the mean of the code published with it. There a picture's probability to be its
 * own neighbour counts too.
 *
 * <p>Example: two pictures, teacher (1, 0) and (0, 1), so the rows of s are (1, 1/2) and (1/2, 1)
 * and those of p (2/3, 1/3) and (1/3, 2/3); student (1, 0) and (1, 0), so p is 1/2 throughout: L =
 * (2 (2/3 ln 4/3 + 1/3 ln 2/3)) / 4 = 0.0283165.
 *
 * <p>Source: Passalis and Tefas, Learning Deep Representations with Probabilistic Knowledge
 * Transfer, 2018, section 3.
 */
record ProbabilisticTransfer(PktOptions options) implements KnowledgeTransfer {

  /** As in the published code: a probability may be zero. */
  private static final double EPSILON = 1e-7;

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    return PooledFeatures.taps(options.layers(), teacher, student);
  }

  @Override
  public boolean relatesPictures() {
    return true;
  }

  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    return PooledFeatures.knowledge(tf, options.layers(), teacher); // [B, C]
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    Operand<TFloat64> sum = tf.constant(0.0);
    for (Map.Entry<String, String> pair : options.layers().entrySet()) {
      Operand<TFloat64> taught =
          tf.stopGradient(probabilities(tf, knowledge.get(pair.getKey()))); // [B, B]
      Operand<TFloat64> own =
          probabilities(tf, PooledFeatures.of(tf, student.activation(pair.getValue())));
      Operand<TFloat64> logarithms = tf.math.sub(logarithm(tf, taught), logarithm(tf, own));
      sum = tf.math.add(sum, tf.math.mean(tf.math.mul(taught, logarithms), tf.array(0, 1)));
    }
    return tf.dtypes.cast(sum, TFloat32.class);
  }

  private static Operand<TFloat64> probabilities(Ops tf, Operand<TFloat32> features) {
    Operand<TFloat64> rows = UnitRows.of(tf, tf.dtypes.cast(features, TFloat64.class), 1);
    Operand<TFloat64> cosines =
        tf.linalg.matMul(rows, rows, MatMul.transposeB(true)); // [B, C] x [C, B] -> [B, B]
    Operand<TFloat64> similarities =
        tf.math.mul(tf.math.add(cosines, tf.constant(1.0)), tf.constant(0.5));
    // At least 1/2: a live picture is similar to itself, and a dead one half to all.
    return tf.math.div(
        similarities, tf.reduceSum(similarities, tf.array(1), ReduceSum.keepDims(true)));
  }

  private static Operand<TFloat64> logarithm(Ops tf, Operand<TFloat64> probabilities) {
    return tf.math.log(tf.math.add(probabilities, tf.constant(EPSILON)));
  }
}
