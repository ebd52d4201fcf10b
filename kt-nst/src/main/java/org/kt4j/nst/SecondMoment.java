package org.kt4j.nst;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;

/**
 * The polynomial kernel of degree 2 by the Gram matrices of the positions.
 *
 * <pre>
 * MMD^2 = || D ||_F^2,   D = Y Y'/C_S - X X'/C_T      with X [HW, C_T] and Y [HW, C_S]
 * dMMD^2/df_j = (4 / C_S) (D y_j - (y_j . D y_j) y_j) / ||f_j||
 * </pre>
 *
 * <p>A sum of squares: never negative, and no difference of three large means. {@code D} is
 * symmetric, so that the gradient takes one product. Knowledge: the teacher's Gram matrix, {@code
 * (HW)^2} numbers an image whatever the channels.
 *
 * @param linear the factor of the linear kernel's discrepancy that is added, {@code 2 c} for the
 *     kernel {@code (x . y + c)^2}
 */
record SecondMoment(double linear) implements SquaredMmd {

  private static final String GRAM = "gram";

  @Override
  public Map<String, Operand<TFloat32>> teach(Ops tf, SelectivityPatterns teacher) {
    Map<String, Operand<TFloat32>> taught = new LinkedHashMap<>();
    taught.put(GRAM, gram(tf, teacher));
    if (linear > 0) {
      taught.putAll(new MeanPattern().teach(tf, teacher));
    }
    return taught;
  }

  @Override
  public Discrepancy of(
      Ops tf, SelectivityPatterns student, Map<String, Operand<TFloat32>> taught) {
    // Of length 1/sqrt(C_S), so that the product needs no division: y = z sqrt(C_S).
    double length = 1 / Math.sqrt(student.channels());
    Operand<TFloat32> z = student.patterns(tf, length);
    Operand<TFloat32> difference = tf.math.sub(product(tf, z), taught.get(GRAM)); // [B, HW, HW]
    Operand<TFloat32> values =
        tf.math.square(tf.linalg.euclideanNorm(difference, tf.array(1, 2))); // [B]
    Operand<TFloat32> turned =
        tf.linalg.einsum(List.of(difference, z), "bnm,bmc->bnc"); // [B, HW, HW] x [B, HW, C]
    Operand<TFloat32> along =
        tf.math.mul(
            tf.reduceSum(tf.math.mul(z, turned), tf.array(1), ReduceSum.keepDims(true)),
            tf.constant((float) student.channels())); // [B, 1, C]
    Operand<TFloat32> scale =
        tf.math.mul(student.inverseLengths(), tf.constant((float) (4 * length)));
    Discrepancy quadratic =
        new Discrepancy(values, tf.math.mul(tf.math.sub(turned, tf.math.mul(z, along)), scale));
    if (linear == 0) {
      return quadratic;
    }
    Discrepancy mean = new MeanPattern().of(tf, student, taught);
    return quadratic.plus(tf, mean.times(tf, linear));
  }

  /** {@code X X' / C}: how strongly two positions are selected by the same neurons. */
  private static Operand<TFloat32> gram(Ops tf, SelectivityPatterns side) {
    return product(tf, side.patterns(tf, 1 / Math.sqrt(side.channels())));
  }

  private static Operand<TFloat32> product(Ops tf, Operand<TFloat32> z) {
    // Einsum, not BatchMatMul, which takes two to three times as long on a CPU.
    return tf.linalg.einsum(List.of(z, z), "bnc,bmc->bnm"); // [B, HW, C] x [B, C, HW]
  }
}
