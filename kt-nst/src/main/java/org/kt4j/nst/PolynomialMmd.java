package org.kt4j.nst;

import java.util.List;
import java.util.Map;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat32;

/**
 * Neuron selectivity transfer with the polynomial kernel {@code k(x, y) = (x . y)^2}.
 *
 * <pre>
 * x_i = f_i / ||f_i||    a teacher channel over its HW positions, length one;  i = 1..C_T
 * y_j = g_j / ||g_j||    a student channel likewise;                           j = 1..C_S
 * MMD^2 = (1/C_T^2) sum k(x, x') + (1/C_S^2) sum k(y, y') - (2/(C_T C_S)) sum k(x, y)
 *       = || X X'/C_T - Y Y'/C_S ||_F^2      with X [HW, C_T] and Y [HW, C_S]
 * L     = (1/B) sum_b MMD^2, summed over the layer pairs
 * </pre>
 *
 * <p>The second form is computed: the mean second moments of the patterns, {@code [HW, HW]} on each
 * side whatever the channel counts, so that no tensor of {@code C_T x C_S} is ever made and the
 * value is a sum of squares, never negative. The teacher's side is the knowledge. No gradient
 * reaches it.
 *
 * <p>Weight: the loss is MMD^2 itself. The paper writes lambda/2 in front of it (equation 7) and
 * its authors' code multiplies MMD^2 by 50; {@code weight: 50} is the code's.
 *
 * <p>Differs from the paper: the teacher's constant term is kept, so that zero means equal. A dead
 * channel, zero at every position, has no direction; it counts as a zero pattern, gets no gradient,
 * and stays in {@code C}. The authors tap in front of the ReLU, re-implementations behind it; that
 * is a choice of tap here.
 *
 * <p>Example: 1x2 positions, one channel each, teacher (3, 4), student (1, 0): X X' = (.36 .48; .48
 * .64), Y Y' = (1 0; 0 0), L = .64^2 + 2 * .48^2 + .64^2 = 1.28.
 *
 * <p>Source: Huang and Wang, Like What You Like: Knowledge Distill via Neuron Selectivity Transfer,
 * 2017, equations 3 to 7.
 */
record PolynomialMmd(Map<String, String> layers) implements KnowledgeTransfer {

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    layers.forEach(
        (from, to) -> {
          if (teacher.contains(from) && student.contains(to)) {
            requireSameSize(from, teacher.shape(from), to, student.shape(to));
          }
        });
    return new Taps(List.copyOf(layers.keySet()), List.copyOf(layers.values()));
  }

  private static void requireSameSize(String from, Shape known, String to, Shape asked) {
    if (known.numDimensions() != 4 || asked.numDimensions() != 4) {
      throw new IllegalArgumentException(
          "compares feature maps [B, H, W, C]; '"
              + from
              + "' is "
              + known
              + ", '"
              + to
              + "' is "
              + asked);
    }
    if (known.get(1) != asked.get(1) || known.get(2) != asked.get(2)) {
      throw new IllegalArgumentException(
          "the maps must have the same height and width; the teacher's '"
              + from
              + "' is "
              + known
              + ", the student's '"
              + to
              + "' is "
              + asked);
    }
  }

  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    Knowledge.Builder knowledge = Knowledge.builder();
    for (String tap : layers.keySet()) {
      knowledge.put(tap, meanSecondMoment(tf, teacher.activation(tap)));
    }
    return knowledge.build();
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    Operand<TFloat32> sum = null;
    for (Map.Entry<String, String> pair : layers.entrySet()) {
      Operand<TFloat32> own = meanSecondMoment(tf, student.activation(pair.getValue()));
      Operand<TFloat32> distances =
          tf.reduceSum(
              tf.math.squaredDifference(own, knowledge.get(pair.getKey())),
              tf.array(1, 2)); // [B, HW, HW] -> [B]
      Operand<TFloat32> mean = tf.math.mean(distances, tf.array(0)); // scalar
      sum = sum == null ? mean : tf.math.add(sum, mean);
    }
    if (sum == null) {
      throw new IllegalStateException("the options have at least one pair");
    }
    return sum;
  }

  /** {@code X X' / C}: how strongly two positions are selected by the same neurons. */
  private static Operand<TFloat32> meanSecondMoment(Ops tf, Operand<TFloat32> map) {
    Operand<TFloat32> patterns = SelectivityPatterns.of(tf, map); // [B, HW, C]
    float share = 1f / map.shape().get(3);
    return tf.math.mul(
        tf.train.batchMatMul(
            patterns,
            patterns,
            TFloat32.class,
            BatchMatMul.adjY(true)), // [B, HW, C] x [B, C, HW] -> [B, HW, HW]
        tf.constant(share));
  }
}
