package org.kt4j.speed;

import java.util.List;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;

/**
 * Neuron selectivity transfer as the definition is usually typed in: every channel of one side
 * against every channel of the other in one broadcast of {@code B x C x C x HW}, the gradient left
 * to TensorFlow. The baseline of the benchmark, and nothing else.
 *
 * @param kernel {@code linear}, {@code polynomial} (degree 2, no offset) or {@code gaussian}
 */
record BroadcastForm(String kernel) implements KnowledgeTransfer {

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    return new Taps(List.of(LossGraph.TAP), List.of(LossGraph.TAP));
  }

  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    return Knowledge.of("patterns", patterns(tf, teacher.activation(LossGraph.TAP)));
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    Operand<TFloat32> x = knowledge.get("patterns"); // [B, C_T, HW]
    Operand<TFloat32> y = patterns(tf, student.activation(LossGraph.TAP)); // [B, C_S, HW]
    Operand<TFloat32> width = kernel.equals("gaussian") ? width(tf, y, x) : tf.constant(1f);
    Operand<TFloat32> known = tf.stopGradient(mean(tf, x, x, width));
    Operand<TFloat32> own = mean(tf, y, y, width);
    Operand<TFloat32> cross = mean(tf, y, x, width);
    return tf.math.sub(tf.math.add(known, own), tf.math.mul(cross, tf.constant(2f)));
  }

  private static Operand<TFloat32> patterns(Ops tf, Operand<TFloat32> map) {
    Shape shape = map.shape();
    int positions = Math.toIntExact(shape.get(1) * shape.get(2));
    Operand<TFloat32> flat =
        tf.reshape(
            tf.linalg.transpose(map, tf.array(0, 3, 1, 2)),
            tf.array(-1, Math.toIntExact(shape.get(3)), positions)); // [B, C, HW]
    Operand<TFloat32> squares =
        tf.reduceSum(tf.math.square(flat), tf.array(2), ReduceSum.keepDims(true));
    return tf.math.mul(flat, tf.math.rsqrt(tf.math.maximum(squares, tf.constant(1e-12f))));
  }

  private static Operand<TFloat32> width(Ops tf, Operand<TFloat32> a, Operand<TFloat32> b) {
    return tf.stopGradient(tf.math.mean(distances(tf, a, b), tf.array(1, 2), Mean.keepDims(true)));
  }

  private static Operand<TFloat32> distances(Ops tf, Operand<TFloat32> a, Operand<TFloat32> b) {
    return tf.reduceSum(
        tf.math.squaredDifference(
            tf.expandDims(a, tf.constant(2)), tf.expandDims(b, tf.constant(1))),
        tf.array(3)); // [B, C, 1, HW] and [B, 1, C', HW] -> [B, C, C']
  }

  private Operand<TFloat32> mean(
      Ops tf, Operand<TFloat32> a, Operand<TFloat32> b, Operand<TFloat32> width) {
    if (kernel.equals("gaussian")) {
      Operand<TFloat32> exponents =
          tf.math.div(distances(tf, a, b), tf.math.mul(width, tf.constant(-2f)));
      return tf.math.mean(tf.math.exp(exponents), tf.array(0, 1, 2));
    }
    Operand<TFloat32> products =
        tf.reduceSum(
            tf.math.mul(tf.expandDims(a, tf.constant(2)), tf.expandDims(b, tf.constant(1))),
            tf.array(3)); // [B, C, 1, HW] and [B, 1, C', HW] -> [B, C, C']
    return tf.math.mean(
        kernel.equals("linear") ? products : tf.math.square(products), tf.array(0, 1, 2));
  }
}
