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
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/**
 * Relational knowledge distillation: how far the pictures of a batch are from each other, and under
 * which angle one picture sees two others, shall be the same to teacher and student.
 *
 * <pre>
 * d_ij  = |f_i - f_j|                                 f [B, C], one row for each picture
 * D_ij  = d_ij / m,   m the mean of d over i != j     [B, B]
 * A_ijk = cos of the angle between f_j - f_i and f_k - f_i, seen from i
 *       = (d_ij^2 + d_ik^2 - d_jk^2) / (2 d_ij d_ik)  [B, B, B]; 0 where d_ij or d_ik is 0
 * h(x)  = x^2/2 up to |x| = 1, |x| - 1/2 above
 * L     = w_D (1/B^2) sum_ij h(D^S_ij - D^T_ij) + w_A (1/B^3) sum_ijk h(A^S_ijk - A^T_ijk)
 * </pre>
 *
 * <p>{@code T} is the teacher, {@code S} the student; several pairs of layers are summed. The
 * numbers of channels may differ. Knowledge: the teacher's features, {@code C} numbers a picture.
 * No gradient reaches the teacher; the student's runs through {@code m} too.
 *
 * <p>Angles come from the distances, so no tensor is larger than {@code B x B x B}. Pictures with
 * equal features are at distance 0, see each other under no angle, and get no gradient from it. In
 * a batch of one picture there is no distance and the loss is 0; angles need three.
 *
 * <p>Weight: 1, since the parts have their own, 25 and 50, as in RepDistiller, mdistiller and
 * mmrazor.
 *
 * <p>Differs from the paper: it sums over pairs and triplets of different pictures; this is the
 * mean over all, as in the code published with it.
 *
 * <p>Example: three pictures of one number each, teacher (0, 1, 2), student (0, 0, 1). The
 * teacher's distances 1, 2, 1 have the mean 4/3 and are (3/4, 3/2, 3/4), the student's 0, 1, 1 have
 * the mean 2/3 and are (0, 3/2, 3/2): distances (2/9) (9/32 + 0 + 9/32) = 1/8. Seen from the first
 * picture all cosines are 1 to the teacher; the student sees nothing of the second picture, so
 * three of its four are 0. From the second the teacher's are 1, -1, -1, 1, the student's 0, 0, 0,
 * 1. From the third all are 1. Six of 27 numbers differ, by 1: angles 6 (1/2) / 27 = 1/9.
 *
 * <p>Source: Park, Kim, Lu, Cho, Relational Knowledge Distillation, 2019, section 3.
 */
record RelationalTransfer(RkdOptions options) implements KnowledgeTransfer {

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
    Operand<TFloat32> sum = tf.constant(0f);
    for (Map.Entry<String, String> pair : options.layers().entrySet()) {
      Operand<TFloat32> own = PooledFeatures.of(tf, student.activation(pair.getValue()));
      sum = tf.math.add(sum, apart(tf, own, knowledge.get(pair.getKey())));
    }
    return sum;
  }

  /** The loss of one pair of layers, of the features of both sides, {@code [B, C]} each. */
  Operand<TFloat32> apart(Ops tf, Operand<TFloat32> student, Operand<TFloat32> teacher) {
    Distances own = Distances.of(tf, student, options.normalize());
    Distances taught = Distances.of(tf, teacher, options.normalize());
    Operand<TFloat32> sum = tf.constant(0f);
    if (options.distanceWeight() > 0) {
      sum = tf.math.add(sum, weighted(tf, options.distanceWeight(), distances(tf, own, taught)));
    }
    if (options.angleWeight() > 0) {
      sum = tf.math.add(sum, weighted(tf, options.angleWeight(), angles(tf, own, taught)));
    }
    return sum;
  }

  private static Operand<TFloat32> weighted(Ops tf, double weight, Operand<TFloat32> part) {
    return tf.math.mul(part, tf.constant((float) weight));
  }

  private static Operand<TFloat32> distances(Ops tf, Distances own, Distances taught) {
    Operand<TFloat64> apart =
        SmoothDistance.of(
            tf, inUnitsOfMean(tf, own), tf.stopGradient(inUnitsOfMean(tf, taught))); // [B, B]
    return tf.dtypes.cast(tf.math.mean(apart, tf.array(0, 1)), TFloat32.class);
  }

  /** {@code B^2 d / sum d} but for the number of pairs of different pictures; 0 where all are 0. */
  private static Operand<TFloat64> inUnitsOfMean(Ops tf, Distances distances) {
    Operand<TFloat64> sum = tf.reduceSum(distances.lengths(), tf.array(0, 1)); // []
    Operand<TFloat64> batch = tf.dtypes.cast(BatchSize.of(tf, distances.lengths()), TFloat64.class);
    Operand<TFloat64> pairs = tf.math.mul(batch, tf.math.sub(batch, tf.constant(1.0)));
    Operand<TFloat64> safe =
        tf.select(tf.math.greater(sum, tf.constant(0.0)), sum, tf.constant(1.0));
    return tf.math.mul(distances.lengths(), tf.math.div(pairs, safe));
  }

  private static Operand<TFloat32> angles(Ops tf, Distances own, Distances taught) {
    Operand<TFloat32> apart =
        SmoothDistance.of(tf, cosines(tf, own), tf.stopGradient(cosines(tf, taught)));
    return tf.math.mean(apart, tf.array(0, 1, 2)); // [B, B, B] -> []
  }

  /** {@code [B, B, B]}; the first picture is the one that sees the other two. */
  private static Operand<TFloat32> cosines(Ops tf, Distances distances) {
    Operand<TFloat32> squares = tf.dtypes.cast(distances.squares(), TFloat32.class);
    Operand<TFloat32> inverses = tf.dtypes.cast(distances.inverses(), TFloat32.class);
    Operand<TFloat32> halves = tf.math.mul(inverses, tf.constant(0.5f));
    Operand<TFloat32> sides =
        tf.math.add(
            tf.expandDims(squares, tf.constant(2)), // ij: [B, B, 1]
            tf.expandDims(squares, tf.constant(1))); // ik: [B, 1, B]
    Operand<TFloat32> products =
        tf.math.sub(sides, tf.expandDims(squares, tf.constant(0))); // jk: [1, B, B]
    return tf.math.mul(
        tf.math.mul(products, tf.expandDims(halves, tf.constant(2))),
        tf.expandDims(inverses, tf.constant(1)));
  }
}
