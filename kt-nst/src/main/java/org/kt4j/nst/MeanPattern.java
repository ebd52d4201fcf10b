package org.kt4j.nst;

import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The linear kernel, which sees nothing but the mean pattern.
 *
 * <pre>
 * MMD^2 = || d ||^2,   d = mean_j y_j - mean_i x_i
 * dMMD^2/df_j = (2 / C_S) (d - (y_j . d) y_j) / ||f_j||
 * </pre>
 *
 * <p>Knowledge: the teacher's mean pattern, {@code HW} numbers an image. A polynomial kernel of
 * degree 1 differs by a constant, which leaves no discrepancy.
 */
record MeanPattern() implements SquaredMmd {

  static final String MEAN = "mean";

  @Override
  public Map<String, Operand<TFloat32>> teach(Ops tf, SelectivityPatterns teacher) {
    return Map.of(MEAN, tf.math.mean(teacher.patterns(tf), tf.array(2))); // [B, HW]
  }

  @Override
  public Discrepancy of(
      Ops tf, SelectivityPatterns student, Map<String, Operand<TFloat32>> taught) {
    Operand<TFloat32> y = student.patterns(tf);
    Operand<TFloat32> difference =
        tf.math.sub(tf.math.mean(y, tf.array(2)), taught.get(MEAN)); // [B, HW]
    Operand<TFloat32> values = tf.reduceSum(tf.math.square(difference), tf.array(1)); // [B]
    Operand<TFloat32> along =
        tf.linalg.einsum(List.of(y, difference), "bnc,bn->bc"); // [B, HW, C] x [B, HW]
    Operand<TFloat32> across =
        tf.math.sub(
            tf.expandDims(difference, tf.constant(2)), // [B, HW, 1]
            tf.math.mul(y, tf.expandDims(along, tf.constant(1)))); // [B, HW, C]
    Operand<TFloat32> scale =
        tf.math.mul(student.inverseLengths(), tf.constant(2f / student.channels()));
    return new Discrepancy(values, tf.math.mul(across, scale));
  }
}
