package org.kt4j.nst;

import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The squared maximum mean discrepancy of the patterns of two maps, under one kernel and in one
 * order of computing.
 *
 * <pre>
 * MMD^2 = (1/C_T^2) sum k(x, x') + (1/C_S^2) sum k(y, y') - (2/(C_T C_S)) sum k(x, y)
 * </pre>
 */
interface SquaredMmd {

  /** What has to be known of the teacher, by name. */
  Map<String, Operand<TFloat32>> teach(Ops tf, SelectivityPatterns teacher);

  /** The discrepancy to the student's patterns. */
  Discrepancy of(Ops tf, SelectivityPatterns student, Map<String, Operand<TFloat32>> taught);

  /**
   * The order of computing that costs least.
   *
   * @param positions {@code HW}
   * @param teacherChannels {@code C_T}
   * @param studentChannels {@code C_S}
   */
  static SquaredMmd of(
      NstOptions options, int positions, int teacherChannels, int studentChannels) {
    return switch (options.kernel()) {
      case LINEAR -> new MeanPattern();
      case GAUSSIAN ->
          new KernelSums(
              new GaussianKernel(options.sigmaSquared()), teacherChannels, studentChannels);
      case POLYNOMIAL -> {
        if (options.degree() == 1) {
          yield new MeanPattern();
        }
        // (u + c)^2 = u^2 + 2 c u + c^2, of which the constant leaves no discrepancy.
        if (options.degree() == 2 && onPositions(positions, teacherChannels, studentChannels)) {
          yield new SecondMoment(2 * options.offset());
        }
        yield new KernelSums(
            new PolynomialKernel(options.degree(), options.offset()),
            teacherChannels,
            studentChannels);
      }
    };
  }

  /**
   * Whether products of {@code HW x HW} cost less than products of {@code C x C}, in
   * multiplications of an image: teacher's side once, student's side forward and backward.
   */
  private static boolean onPositions(long positions, long teacherChannels, long studentChannels) {
    long onPositions = positions * positions * (teacherChannels + 2 * studentChannels);
    long onChannels =
        positions
            * (teacherChannels * teacherChannels
                + 2 * studentChannels * (teacherChannels + studentChannels));
    return onPositions <= onChannels;
  }
}
