package org.kt4j.relations;

import java.util.ArrayList;
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
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/**
 * Flow of the solution procedure: what a layer makes of an earlier one shall be the same in the
 * student as in the teacher.
 *
 * <pre>
 * X_b [HW, C], Y_b [HW, D]     the maps of picture b at a layer and at the next one
 * M_b = (1/HW) X_b' Y_b        [C, D]
 * L   = sum_f w_f (1/(B C D)) sum_b || M^S_b - M^T_b ||_F^2
 * </pre>
 *
 * <p>{@code X'} is the transpose; {@code f} runs over the flows from one pair of {@code layers} to
 * the next, with the weight of the pair where it ends. Of two maps of unequal sizes the larger one
 * is averaged over cells to the size of the smaller, see {@link AdaptivePool}; sizes of teacher and
 * student may differ. Where channels differ, a 1x1 convolution of the student's map comes first,
 * see {@link ChannelMatch}. Knowledge: the teacher's matrices, {@code CD} numbers a picture and
 * flow; of maps with few positions and many channels the two maps, {@code HW (C + D)} numbers, and
 * then no matrix is built, see {@link PositionProducts}. No gradient reaches the teacher.
 *
 * <p>Weight: the paper's first stage and RepDistiller's have no other term, so it is a factor of
 * the learning rate.
 *
 * <p>Differs from the paper: it sums over the entries of the matrices and takes the maximum where
 * sizes differ; this is RepDistiller's mean, and average. Beyond activations of some 30,000 the
 * product of two maps squared leaves the range of float32; matrices with an entry above {@code
 * 2^30} are divided by the largest entry and multiplied by {@code 2^30}, on both sides, so that the
 * loss of a network that diverges is finite. Where no matrix is built, it ends at {@code 2^60}.
 *
 * <p>Example: one picture of two positions and one channel, teacher X = (1, 2), Y = (3, 1): M =
 * 5/2; student X = (1, 0), Y = (1, 4): M = 1/2. L = 4.
 *
 * <p>Source: Yim, Joo, Bae, Kim, A Gift from Knowledge Distillation, 2017, section 3.
 */
record LayerFlow(FspOptions options) implements KnowledgeTransfer {

  /** The square of twice this is far from the end of float32. */
  private static final float LARGEST = 0x1p30f;

  /** What the names of the knowledge end with where it is the two maps of a flow. */
  private static final String FROM = ".from";

  private static final String TO = ".to";

  private List<LayerPair> pairs(TapShapes teacher, TapShapes student) {
    return options.selection().pairs(teacher, student);
  }

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    List<LayerPair> pairs = pairs(teacher, student);
    if (pairs.size() < 2) {
      throw new IllegalArgumentException(
          "a flow needs two pairs of layers or more, here is one, of the teacher's '"
              + pairs.get(0).teacher()
              + "' and the student's '"
              + pairs.get(0).student()
              + "'; fix: name them in order with layers: {TEACHER-TAP: STUDENT-TAP, ...}");
    }
    if (options.selection().layerWeights().containsKey(pairs.get(0).teacher())) {
      throw new IllegalArgumentException(
          "layer-weights has '"
              + pairs.get(0).teacher()
              + "', where no flow ends; allowed: the later taps of the teacher, "
              + pairs.stream().skip(1).map(LayerPair::teacher).toList());
    }
    pairs.forEach(pair -> FeatureMaps.require(pair, teacher, student));
    return Taps.ofPairs(pairs);
  }

  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    List<LayerPair> pairs = pairs(teacher.teacherShapes(), teacher.studentShapes());
    List<Operand<TFloat32>> maps = new ArrayList<>();
    pairs.forEach(pair -> maps.add(pair.teacherMap(tf, teacher)));
    Knowledge.Builder knowledge = Knowledge.builder();
    for (int end = 1; end < pairs.size(); end++) {
      String name = pairs.get(end).teacher();
      Flow flow = Flow.of(tf, maps.get(end - 1), maps.get(end));
      if (flow.hasFewPositions()) {
        knowledge.put(name + FROM, flow.from()).put(name + TO, flow.to());
      } else {
        knowledge.put(name, flow.matrices(tf));
      }
    }
    return knowledge.build();
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    List<LayerPair> pairs = pairs(student.teacherShapes(), student.studentShapes());
    ChannelMatch match = new ChannelMatch(options.adapt(), ChannelMatch.End.NOTHING);
    List<Operand<TFloat32>> maps = new ArrayList<>();
    pairs.forEach(pair -> maps.add(match.of(tf, student, pair)));
    Operand<TFloat32> sum = tf.constant(0f);
    for (int end = 1; end < pairs.size(); end++) {
      LayerPair pair = pairs.get(end);
      Flow own = Flow.of(tf, maps.get(end - 1), maps.get(end));
      Operand<TFloat32> distance = distance(tf, own, pair.teacher(), knowledge);
      sum = tf.math.add(sum, tf.math.mul(distance, tf.constant((float) pair.weight())));
    }
    return sum;
  }

  private static Operand<TFloat32> distance(Ops tf, Flow own, String name, Knowledge knowledge) {
    if (knowledge.tensors().containsKey(name)) {
      return distance(tf, own.matrices(tf), tf.stopGradient(knowledge.get(name)));
    }
    Flow taught =
        new Flow(
            tf.stopGradient(knowledge.get(name + FROM)), tf.stopGradient(knowledge.get(name + TO)));
    return own.hasFewPositions()
        ? distanceOfMaps(tf, own, taught)
        : distance(tf, own.matrices(tf), taught.matrices(tf));
  }

  /** The same from products of positions, {@code []}. */
  private static Operand<TFloat32> distanceOfMaps(Ops tf, Flow own, Flow taught) {
    Operand<TFloat64> distance =
        tf.math.add(
            tf.math.sub(
                product(tf, own, own), tf.math.mul(product(tf, own, taught), tf.constant(2.0))),
            product(tf, taught, taught)); // [B]
    double entries = (double) own.from().shape().get(2) * own.to().shape().get(2);
    Operand<TFloat64> mean =
        tf.math.mul(
            tf.math.mean(tf.math.maximum(distance, tf.constant(0.0)), tf.array(0)),
            tf.constant(1 / entries));
    Operand<TFloat64> most = tf.constant((double) LARGEST * LARGEST);
    Operand<TFloat64> factor =
        tf.stopGradient(tf.math.div(most, tf.math.maximum(mean, most))); // 1 or less
    return tf.dtypes.cast(tf.math.mul(mean, factor), TFloat32.class);
  }

  /** {@code <M_1, M_2>_F} of the matrices of two flows, {@code [B]}. */
  private static Operand<TFloat64> product(Ops tf, Flow one, Flow other) {
    return tf.reduceSum(
        tf.math.mul(
            PositionProducts.of(
                tf,
                PositionProducts.exact(tf, one.from()),
                PositionProducts.exact(tf, other.from())),
            PositionProducts.of(
                tf, PositionProducts.exact(tf, one.to()), PositionProducts.exact(tf, other.to()))),
        tf.array(1, 2)); // [B, N, M]
  }

  /**
   * The two maps of a flow, of one size.
   *
   * @param from the earlier one divided by the number of positions, {@code [B, HW, C]}
   * @param to the later one, {@code [B, HW, D]}
   */
  private record Flow(Operand<TFloat32> from, Operand<TFloat32> to) {

    /** Of {@code [B, H, W, C]} and {@code [B, h, w, D]}. */
    static Flow of(Ops tf, Operand<TFloat32> earlier, Operand<TFloat32> later) {
      long height = Math.min(earlier.shape().get(1), later.shape().get(1));
      long width = Math.min(earlier.shape().get(2), later.shape().get(2));
      // Before the product, whose sum over the positions may leave the range of float32.
      return new Flow(
          tf.math.mul(
              rows(tf, AdaptivePool.of(tf, earlier, height, width)),
              tf.constant(1f / (height * width))),
          rows(tf, AdaptivePool.of(tf, later, height, width)));
    }

    /** Whether its matrices take more than products of its positions. */
    boolean hasFewPositions() {
      return PositionProducts.areCheaper(
          from.shape().get(1), from.shape().get(2), to.shape().get(2));
    }

    /** {@code [B, C, D]}. */
    Operand<TFloat32> matrices(Ops tf) {
      return tf.train.batchMatMul(
          from, to, TFloat32.class, BatchMatMul.adjX(true)); // [B, C, HW] x [B, HW, D]
    }
  }

  private static Operand<TFloat32> rows(Ops tf, Operand<TFloat32> map) {
    Shape shape = map.shape();
    int positions = Math.toIntExact(shape.get(1) * shape.get(2));
    int channels = Math.toIntExact(shape.get(3));
    return tf.reshape(map, tf.array(-1, positions, channels)); // [B, H, W, C] -> [B, HW, C]
  }

  private static Operand<TFloat32> distance(
      Ops tf, Operand<TFloat32> own, Operand<TFloat32> taught) {
    Operand<TFloat32> peak = tf.math.maximum(peak(tf, own), peak(tf, taught)); // []
    Operand<TFloat32> factor =
        tf.stopGradient(
            tf.math.div(
                tf.constant(LARGEST), tf.math.maximum(peak, tf.constant(LARGEST)))); // 1 or less
    Operand<TFloat32> apart = tf.math.sub(tf.math.mul(own, factor), tf.math.mul(taught, factor));
    return tf.math.mean(tf.math.square(apart), tf.array(0, 1, 2)); // [B, C, D] -> []
  }

  private static Operand<TFloat32> peak(Ops tf, Operand<TFloat32> matrices) {
    return tf.reduceMax(tf.math.abs(tf.stopGradient(matrices)), tf.array(0, 1, 2));
  }
}
