package org.kt4j.nst;

import org.jspecify.annotations.Nullable;
import org.kt4j.api.Description;
import org.kt4j.api.Inline;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.LayerSelection;

/**
 * The options of {@code nst}.
 *
 * @param kernel compares two selectivity patterns
 * @param degree of the polynomial kernel {@code (x . y + offset)^degree}
 * @param offset of the polynomial kernel
 * @param sigmaSquared of the gaussian kernel; each image's own when null
 * @param selection which maps are compared
 */
public record NstOptions(
    @Description("compares two selectivity patterns") Kernel kernel,
    @Description("of the polynomial kernel (x.y + offset)^degree, 1 to 100") int degree,
    @Description("of the polynomial kernel, 0 to 1e6") double offset,
    @Description(
            "of the gaussian kernel, 1e-9 to 1e9; the image's mean squared distance when left out")
        @Nullable Double sigmaSquared,
    @Inline LayerSelection selection) {

  /** The kernels. */
  public enum Kernel {
    /** {@code k(x, y) = x . y}. */
    LINEAR,
    /** {@code k(x, y) = (x . y + offset)^degree}. */
    POLYNOMIAL,
    /** {@code k(x, y) = exp(-||x - y||^2 / (2 sigma^2))}. */
    GAUSSIAN
  }

  /** Checks the ranges. */
  public NstOptions {
    if (degree < 1 || degree > 100) {
      throw new InvalidOptionException("degree", degree, "1 to 100");
    }
    if (!(offset >= 0 && offset <= 1e6)) {
      throw new InvalidOptionException(
          "offset", offset, "0 to 1e6; below 0 the kernel is not positive definite");
    }
    if (sigmaSquared != null && !(sigmaSquared >= 1e-9 && sigmaSquared <= 1e9)) {
      throw new InvalidOptionException("sigmaSquared", sigmaSquared, "1e-9 to 1e9");
    }
  }

  /** The same with another kernel. */
  public NstOptions with(Kernel other) {
    return new NstOptions(other, degree, offset, sigmaSquared, selection);
  }

  /** The same with a polynomial kernel. */
  public NstOptions polynomial(int otherDegree, double otherOffset) {
    return new NstOptions(Kernel.POLYNOMIAL, otherDegree, otherOffset, sigmaSquared, selection);
  }

  /** The same with a gaussian kernel of a given width. */
  public NstOptions gaussian(double width) {
    return new NstOptions(Kernel.GAUSSIAN, degree, offset, width, selection);
  }

  /** The same on other layers. */
  public NstOptions on(LayerSelection other) {
    return new NstOptions(kernel, degree, offset, sigmaSquared, other);
  }

  /** The paper's choice: the polynomial kernel of degree 2 without offset; layers by size. */
  public static NstOptions defaults() {
    return new NstOptions(Kernel.POLYNOMIAL, 2, 0, null, LayerSelection.automatic());
  }
}
