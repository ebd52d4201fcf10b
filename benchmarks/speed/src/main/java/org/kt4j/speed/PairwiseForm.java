package org.kt4j.speed;

import java.util.List;
import java.util.Locale;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.kt4j.api.TermMemory;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Methods on relations as their formulas read: what is related stands beside each other in one
 * broadcast, the gradient left to TensorFlow. Baselines of the benchmark, and nothing else; {@code
 * crd} has the work of the published code, which draws others for each picture, not its memory's
 * updates.
 *
 * @param method {@code sp}, {@code pkt}, {@code rkd}, {@code crd}, {@code ickd} or {@code fsp}
 */
record PairwiseForm(String method) implements KnowledgeTransfer {

  /** Of {@code crd}: outputs of the linear layers, other pictures, inverse temperature. */
  private static final int EMBED = 128;

  private static final int OTHERS = 16_384;
  private static final float SHARPNESS = 1 / 0.07f;

  static final List<String> METHODS = List.of("sp", "pkt", "rkd", "crd", "ickd", "fsp");

  /** Bytes of the largest tensors that are held at once, at the least. */
  private static long bytes(String method, LossShape shape) {
    long pictures = shape.batch();
    long channels = (long) shape.known() + shape.asked();
    long both =
        switch (method) {
          case "sp" -> pictures * pictures * shape.positions() * channels;
          case "pkt" -> 2 * pictures * pictures * channels;
          case "rkd" -> pictures * pictures * pictures * channels;
          case "crd" -> 2L * pictures * OTHERS * EMBED;
          default -> pictures * shape.positions() * shape.asked() * channels;
        };
    // Products and, for the gradient, as much again of the student.
    return 2 * Float.BYTES * both;
  }

  /** Why a method is not measured in this form on a shape; empty if it is. */
  static String obstacle(String method, LossShape shape) {
    if (shape.known() != shape.asked() && List.of("ickd", "fsp").contains(method)) {
      return "it does not match unequal channels";
    }
    long bytes = bytes(method, shape);
    return bytes <= LossMethods.room()
        ? ""
        : String.format(Locale.ROOT, "it would hold %.0f GB", bytes / 1e9);
  }

  /** Whether a method has this form here, with the same value; crd's differs in what it draws. */
  static boolean comparable(String method, LossShape shape) {
    return METHODS.contains(method) && !method.equals("crd") && obstacle(method, shape).isEmpty();
  }

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    return new Taps(List.of(LossGraph.TAP), List.of(LossGraph.TAP));
  }

  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    return Knowledge.of("map", teacher.activation(LossGraph.TAP));
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    Operand<TFloat32> own = student.activation(LossGraph.TAP);
    Operand<TFloat32> taught = tf.stopGradient(knowledge.get("map"));
    return switch (method) {
      case "sp" -> mean(tf, tf.math.squaredDifference(similar(tf, own), similar(tf, taught)));
      case "pkt" ->
          divergence(tf, neighbours(tf, pooled(tf, own)), neighbours(tf, pooled(tf, taught)));
      case "rkd" -> relations(tf, pooled(tf, own), pooled(tf, taught));
      case "crd" ->
          tf.math.add(
              contrasted(tf, student, "student", pooled(tf, own)),
              contrasted(tf, student, "teacher", pooled(tf, taught)));
      case "ickd" ->
          tf.math.mul(
              mean(
                  tf,
                  tf.math.squaredDifference(
                      unit(tf, channels(tf, own), 2), unit(tf, channels(tf, taught), 2))),
              tf.constant((float) own.shape().get(3)));
      case "fsp" ->
          mean(
              tf,
              tf.math.square(
                  tf.math.div(
                      tf.math.sub(channels(tf, own), channels(tf, taught)),
                      tf.constant((float) (own.shape().get(1) * own.shape().get(2))))));
      default -> throw new IllegalArgumentException(method + "; known: " + METHODS);
    };
  }

  private static Operand<TFloat32> mean(Ops tf, Operand<TFloat32> all) {
    return tf.math.mean(tf.reshape(all, tf.array(-1)), tf.array(0));
  }

  private static Operand<TFloat32> pooled(Ops tf, Operand<TFloat32> map) {
    return tf.math.mean(map, tf.array(1, 2)); // [B, C]
  }

  private static <T extends TNumber> Operand<T> unit(Ops tf, Operand<T> rows, int axis) {
    Operand<T> squares =
        tf.reduceSum(tf.math.square(rows), tf.array(axis), ReduceSum.keepDims(true));
    return tf.math.mul(
        rows,
        tf.math.rsqrt(tf.math.maximum(squares, tf.dtypes.cast(tf.constant(1e-12f), rows.type()))));
  }

  /** Each row times each other one: {@code [B, 1, N]} and {@code [1, B, N]} to {@code [B, B]}. */
  private static <T extends TNumber> Operand<T> products(Ops tf, Operand<T> rows) {
    return tf.reduceSum(
        tf.math.mul(tf.expandDims(rows, tf.constant(1)), tf.expandDims(rows, tf.constant(0))),
        tf.array(2));
  }

  private static Operand<TFloat32> similar(Ops tf, Operand<TFloat32> map) {
    int numbers = Math.toIntExact(map.shape().tail().size());
    return unit(tf, products(tf, tf.reshape(map, tf.array(-1, numbers))), 1);
  }

  /** In float64, since the probabilities of both sides are nearly the same. */
  private static Operand<TFloat64> neighbours(Ops tf, Operand<TFloat32> features) {
    Operand<TFloat64> cosines =
        products(tf, unit(tf, tf.dtypes.cast(features, TFloat64.class), 1)); // [B, B]
    Operand<TFloat64> near = tf.math.add(cosines, tf.constant(1.0));
    return tf.math.div(near, tf.reduceSum(near, tf.array(1), ReduceSum.keepDims(true)));
  }

  private static Operand<TFloat32> divergence(
      Ops tf, Operand<TFloat64> own, Operand<TFloat64> taught) {
    Operand<TFloat64> floor = tf.constant(1e-7);
    Operand<TFloat64> quotients = tf.math.div(tf.math.add(taught, floor), tf.math.add(own, floor));
    return tf.dtypes.cast(
        tf.math.mean(tf.math.mul(taught, tf.math.log(quotients)), tf.array(0, 1)), TFloat32.class);
  }

  /** 25 times the distances and 50 times the angles, each by Huber's distance. */
  private static Operand<TFloat32> relations(
      Ops tf, Operand<TFloat32> own, Operand<TFloat32> taught) {
    Operand<TFloat32> ofOwn = differences(tf, own); // [B, B, C]
    Operand<TFloat32> ofTaught = differences(tf, taught);
    Operand<TFloat32> distances = huber(tf, lengths(tf, ofOwn), lengths(tf, ofTaught));
    Operand<TFloat32> angles = huber(tf, angles(tf, ofOwn), angles(tf, ofTaught));
    return tf.math.add(
        tf.math.mul(distances, tf.constant(25f)), tf.math.mul(angles, tf.constant(50f)));
  }

  private static Operand<TFloat32> differences(Ops tf, Operand<TFloat32> rows) {
    return tf.math.sub(tf.expandDims(rows, tf.constant(0)), tf.expandDims(rows, tf.constant(1)));
  }

  /** In units of the mean over pairs of different pictures. */
  private static Operand<TFloat32> lengths(Ops tf, Operand<TFloat32> differences) {
    Operand<TFloat32> squares = tf.reduceSum(tf.math.square(differences), tf.array(2)); // [B, B]
    Operand<TFloat32> lengths =
        tf.math.sqrt(tf.math.maximum(squares, tf.constant(1e-12f))); // no root of zero
    Operand<TFloat32> others =
        tf.dtypes.cast(tf.math.greater(squares, tf.constant(0f)), TFloat32.class);
    Operand<TFloat32> kept = tf.math.mul(lengths, others);
    return tf.math.div(
        kept,
        tf.math.div(tf.reduceSum(kept, tf.array(0, 1)), tf.reduceSum(others, tf.array(0, 1))));
  }

  /** {@code [B, B, 1, C]} and {@code [B, 1, B, C]} to {@code [B, B, B]}. */
  private static Operand<TFloat32> angles(Ops tf, Operand<TFloat32> differences) {
    Operand<TFloat32> directions = unit(tf, differences, 2);
    return tf.reduceSum(
        tf.math.mul(
            tf.expandDims(directions, tf.constant(2)), tf.expandDims(directions, tf.constant(1))),
        tf.array(3));
  }

  private static Operand<TFloat32> huber(Ops tf, Operand<TFloat32> own, Operand<TFloat32> taught) {
    Operand<TFloat32> apart = tf.math.abs(tf.math.sub(own, taught));
    return mean(
        tf,
        tf.select(
            tf.math.less(apart, tf.constant(1f)),
            tf.math.mul(tf.math.square(apart), tf.constant(0.5f)),
            tf.math.sub(apart, tf.constant(0.5f))));
  }

  /** Each channel times each other one: {@code [B, C, 1, HW]} and {@code [B, 1, C, HW]}. */
  private static Operand<TFloat32> channels(Ops tf, Operand<TFloat32> map) {
    Shape shape = map.shape();
    Operand<TFloat32> flat =
        tf.reshape(
            tf.linalg.transpose(map, tf.array(0, 3, 1, 2)),
            tf.array(
                -1,
                Math.toIntExact(shape.get(3)),
                Math.toIntExact(shape.get(1) * shape.get(2)))); // [B, C, HW]
    return tf.reduceSum(
        tf.math.mul(tf.expandDims(flat, tf.constant(2)), tf.expandDims(flat, tf.constant(1))),
        tf.array(3)); // [B, C, C]
  }

  /** Cross-entropy of a picture's own row of the memory among the rows drawn for it. */
  private static Operand<TFloat32> contrasted(
      Ops tf, StudentSide student, String side, Operand<TFloat32> features) {
    int pictures = student.pictureCount();
    Operand<TFloat32> weight =
        student.auxiliary(
            side + ".weight",
            Shape.of(features.shape().get(1), EMBED),
            StudentSide.Initial.HE_NORMAL);
    Operand<TFloat32> rows = unit(tf, tf.linalg.matMul(features, weight), 1); // [B, E]
    TermMemory bank =
        student.memory(side + ".rows", Shape.of(pictures, EMBED), StudentSide.Initial.UNIT_ROWS);
    Operand<TInt32> own = tf.reshape(student.pictures(), tf.array(-1, 1)); // [B, 1]
    Operand<TInt32> drawn =
        tf.random.statelessRandomUniformInt(
            tf.stack(List.of(tf.size(student.pictures()), tf.constant(OTHERS))),
            student.seed(),
            tf.constant(0),
            tf.constant(pictures)); // [B, K]
    Operand<TFloat32> near =
        bank.rows(tf.concat(List.of(own, drawn), tf.constant(1))); // [B, 1 + K, E]
    Operand<TFloat32> scores =
        tf.math.mul(tf.linalg.einsum(List.of(near, rows), "bke,be->bk"), tf.constant(SHARPNESS));
    Operand<TFloat32> probabilities = tf.nn.softmax(scores); // [B, 1 + K]
    Operand<TFloat32> ofOwn = tf.slice(probabilities, tf.array(0, 0), tf.array(-1, 1)); // [B, 1]
    return tf.math.neg(mean(tf, tf.math.log(ofOwn)));
  }
}
