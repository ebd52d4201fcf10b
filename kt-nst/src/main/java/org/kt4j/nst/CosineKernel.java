package org.kt4j.nst;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A kernel as a function of the inner product of two patterns, their cosine. */
interface CosineKernel {

  /**
   * The kernel on a block of pairs.
   *
   * @param values {@code k(u)}, of the shape of the cosines
   * @param slopes {@code dk/du}, times the factor that was asked for
   */
  record Evaluated(Operand<TFloat32> values, Operand<TFloat32> slopes) {}

  /**
   * Evaluates it.
   *
   * @param cosines {@code [B, P, Q]}
   * @param rows half the squared lengths of the patterns in the rows, {@code [B, P, 1]}: 1/2, or 0
   *     of a dead channel
   * @param columns the same of those in the columns, {@code [B, 1, Q]}
   * @param factor of the slopes
   */
  Evaluated at(
      Ops tf,
      Operand<TFloat32> cosines,
      Operand<TFloat32> rows,
      Operand<TFloat32> columns,
      double factor);

  /** Whether the kernel has a width of its own for each pair of images. */
  default boolean adapts() {
    return false;
  }

  /**
   * The kernel for a batch of pairs of images.
   *
   * @param meanSquaredDistances over all pairs of a teacher's and a student's pattern, {@code [B]}
   */
  default CosineKernel adaptedTo(Ops tf, Operand<TFloat32> meanSquaredDistances) {
    return this;
  }
}
