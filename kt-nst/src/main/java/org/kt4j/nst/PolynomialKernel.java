package org.kt4j.nst;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * {@code k(u) = (u + c)^d}.
 *
 * @param degree {@code d}
 * @param offset {@code c}
 */
record PolynomialKernel(int degree, double offset) implements CosineKernel {

  @Override
  public Evaluated at(
      Ops tf,
      Operand<TFloat32> cosines,
      Operand<TFloat32> rows,
      Operand<TFloat32> columns,
      double factor) {
    Operand<TFloat32> base =
        offset == 0 ? cosines : tf.math.add(cosines, tf.constant((float) offset));
    Operand<TFloat32> below = power(tf, base, degree - 1);
    return new Evaluated(
        tf.math.mul(below, base), tf.math.mul(below, tf.constant((float) (degree * factor))));
  }

  /** By repeated squaring: exact signs, and faster than logarithms. */
  private static Operand<TFloat32> power(Ops tf, Operand<TFloat32> base, int exponent) {
    if (exponent == 1) {
      return base;
    }
    Operand<TFloat32> half = tf.math.square(power(tf, base, exponent / 2));
    return exponent % 2 == 0 ? half : tf.math.mul(half, base);
  }
}
