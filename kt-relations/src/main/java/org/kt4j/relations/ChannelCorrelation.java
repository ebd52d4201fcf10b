package org.kt4j.relations;

import java.util.List;
import org.kt4j.api.ChannelMatch;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerPair;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/**
 * Inter-channel correlation: two channels that respond to the same places of a picture in the
 * teacher shall do so in the student.
 *
 * <pre>
 * F_b  [HW, C]           the map of picture b
 * G_b  = F_b' F_b        [C, C], each row then divided by its length
 * L    = (1/B) sum_b sum_l w_l (1/C) || G^S_b - G^T_b ||_F^2    pairs of layers l with weights w_l
 * </pre>
 *
 * <p>Of maps with few positions and many channels no {@code G} is built, see {@link
 * PositionProducts}: the distance of two rows of unit length is {@code 2 - 2 cos}, and the cosine
 * follows from products of positions.
 *
 * <p>{@code F'} is the transpose. Heights and widths may differ. Where channels differ, a 1x1
 * convolution of the student's map comes first, see {@link ChannelMatch}. Knowledge: the teacher's
 * correlations, {@code C^2} numbers a picture, or its map where that is smaller. No gradient
 * reaches the teacher.
 *
 * <p>A channel that is zero everywhere goes together with none: its row is zero and has no
 * gradient.
 *
 * <p>Weight: 2.5 in the authors' code for CIFAR-100.
 *
 * <p>Differs from the paper: the authors' code always has a 1x1 convolution with batch
 * normalisation on the student's side, here {@code adapt: always} and {@code batch-norm: true}.
 * torchdistill has a 3x3 one and divides by the batch a second time, so that its weight 500 is
 * {@code 500/B} here. The paper's form for dense prediction, which correlates channels within the
 * cells of a grid, is not here.
 *
 * <p>Example: one picture of two channels and two positions, teacher (1, 0) and (0, 1), student (1,
 * 0) twice: the teacher's rows are (1, 0) and (0, 1), the student's (1, 1)/sqrt(2) twice; each is 2
 * - sqrt(2) apart: L = (1/2) 2 (2 - sqrt(2)) = 0.585786.
 *
 * <p>Source: Liu et al., Exploring Inter-Channel Correlation for Diversity-preserved Knowledge
 * Distillation, 2021, section 3, and the code published with it.
 */
record ChannelCorrelation(IckdOptions options) implements KnowledgeTransfer {

  private List<LayerPair> pairs(TapShapes teacher, TapShapes student) {
    return options.selection().namedOrLast(teacher, student);
  }

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    List<LayerPair> pairs = pairs(teacher, student);
    pairs.forEach(pair -> FeatureMaps.require(pair, teacher, student));
    return Taps.ofPairs(pairs);
  }

  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    Knowledge.Builder knowledge = Knowledge.builder();
    for (LayerPair pair : pairs(teacher.teacherShapes(), teacher.studentShapes())) {
      Operand<TFloat32> rows = rows(tf, pair.teacherMap(tf, teacher)); // [B, HW, C]
      knowledge.put(pair.teacher(), mapIsSmaller(rows) ? rows : correlations(tf, rows));
    }
    return knowledge.build();
  }

  /** Of {@code [B, HW, C]}, against {@code [B, C, C]}, which is never smaller than itself. */
  private static boolean mapIsSmaller(Operand<TFloat32> rows) {
    return rows.shape().get(1) < rows.shape().get(2);
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    Operand<TFloat32> sum = tf.constant(0f);
    for (LayerPair pair : pairs(student.teacherShapes(), student.studentShapes())) {
      Operand<TFloat32> stored = tf.stopGradient(knowledge.get(pair.teacher()));
      Operand<TFloat32> own = rows(tf, match().of(tf, student, pair)); // [B, HW, C]
      double share = pair.weight() / own.shape().get(2);
      sum =
          tf.math.add(
              sum,
              tf.math.mul(
                  tf.math.mean(distances(tf, own, stored), tf.array(0)),
                  tf.constant((float) share)));
    }
    return sum;
  }

  /**
   * How far the correlations of each picture are apart, squared, {@code [B]}.
   *
   * @param own the student's map, {@code [B, HW, C]}
   * @param stored the teacher's map, if that is smaller than its correlations, or these
   */
  private static Operand<TFloat32> distances(
      Ops tf, Operand<TFloat32> own, Operand<TFloat32> stored) {
    long channels = own.shape().get(2);
    if (mapIsSmaller(stored)) {
      long positions = Math.max(own.shape().get(1), stored.shape().get(1));
      if (PositionProducts.areCheaper(positions, channels, channels)) {
        return distancesOfMaps(tf, own, stored);
      }
    }
    Operand<TFloat32> taught = mapIsSmaller(stored) ? correlations(tf, stored) : stored;
    return tf.reduceSum(
        tf.math.squaredDifference(correlations(tf, own), taught), tf.array(1, 2)); // [B, C, C]
  }

  /**
   * The same from products of positions. A row of the correlations is {@code f_c' F}, so its length
   * is {@code sqrt(f_c' K f_c)} with {@code K = F F'}, and that of two sides is a cosine.
   *
   * @param own {@code [B, N, C]}
   * @param taught {@code [B, M, C]}
   */
  private static Operand<TFloat32> distancesOfMaps(
      Ops tf, Operand<TFloat32> own, Operand<TFloat32> taught) {
    Side student = Side.of(tf, UnitPeak.of(tf, own, 1, 2));
    Side teacher = Side.of(tf, UnitPeak.of(tf, taught, 1, 2));
    Operand<TFloat64> between = PositionProducts.of(tf, student.map(), teacher.map()); // [B, N, M]
    Operand<TFloat64> cosines =
        tf.reduceSum(
            tf.math.mul(
                student.rows(), tf.train.batchMatMul(between, teacher.rows(), TFloat64.class)),
            tf.array(1, 2)); // [B, N, M] x [B, M, C]
    Operand<TFloat64> distances =
        tf.math.sub(
            tf.math.add(student.live(), teacher.live()),
            tf.math.mul(cosines, tf.constant(2.0))); // [B]
    return tf.dtypes.cast(tf.math.maximum(distances, tf.constant(0.0)), TFloat32.class);
  }

  /**
   * A side of {@link #distancesOfMaps}.
   *
   * @param map {@code [B, N, C]}
   * @param rows the map, each channel divided by the length of its row of correlations
   * @param live how many rows are not zero, {@code [B]}
   */
  private record Side(Operand<TFloat64> map, Operand<TFloat64> rows, Operand<TFloat64> live) {

    /** What a dead row stays below, squared; see {@link UnitPeak}. */
    private static final double DEAD = 1e-12;

    static Side of(Ops tf, Operand<TFloat32> scaled) {
      Operand<TFloat64> map = PositionProducts.exact(tf, scaled);
      Operand<TFloat64> squares =
          tf.reduceSum(
              tf.math.mul(
                  map,
                  tf.train.batchMatMul(
                      PositionProducts.of(tf, map, map), map, TFloat64.class)), // [B, N, C]
              tf.array(1),
              ReduceSum.keepDims(true)); // [B, 1, C]
      Operand<TFloat64> dead = tf.constant(DEAD);
      Operand<TFloat64> live =
          tf.dtypes.cast(tf.math.greaterEqual(tf.stopGradient(squares), dead), TFloat64.class);
      Operand<TFloat64> inverse = tf.math.mul(live, tf.math.rsqrt(tf.math.maximum(squares, dead)));
      return new Side(map, tf.math.mul(map, inverse), tf.reduceSum(live, tf.array(1, 2)));
    }
  }

  private ChannelMatch match() {
    return new ChannelMatch(
        options.adapt(),
        options.batchNorm() ? ChannelMatch.End.BATCH_NORM : ChannelMatch.End.NOTHING);
  }

  private static Operand<TFloat32> rows(Ops tf, Operand<TFloat32> map) {
    Shape shape = map.shape();
    int positions = Math.toIntExact(shape.get(1) * shape.get(2));
    int channels = Math.toIntExact(shape.get(3));
    return tf.reshape(map, tf.array(-1, positions, channels)); // [B, H, W, C] -> [B, HW, C]
  }

  /** Rows of unit length, {@code [B, C, C]}. The scale of a whole map does not matter to them. */
  private static Operand<TFloat32> correlations(Ops tf, Operand<TFloat32> rows) {
    Operand<TFloat32> scaled = UnitPeak.of(tf, rows, 1, 2);
    Operand<TFloat32> products =
        tf.train.batchMatMul(
            scaled, scaled, TFloat32.class, BatchMatMul.adjX(true)); // [B, C, HW] x [B, HW, C]
    return UnitRows.of(tf, products, 2);
  }
}
