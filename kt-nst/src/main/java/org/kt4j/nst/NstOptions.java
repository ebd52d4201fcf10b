package org.kt4j.nst;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Description;
import org.kt4j.api.Interpolation;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.LayerSelection;
import org.kt4j.api.TapChoice;

/**
 * The options of {@code nst}.
 *
 * @param kernel compares two selectivity patterns
 * @param degree of the polynomial kernel {@code (x . y + offset)^degree}
 * @param offset of the polynomial kernel
 * @param sigmaSquared of the gaussian kernel; each image's own when null
 * @param layers which maps are compared: teacher's tap to student's tap; paired by size when empty
 * @param layerWeights the factor of a pair, by the teacher's tap
 * @param tap which taps are paired when {@code layers} is empty
 * @param interpolate which side is resized when the sizes of a pair differ
 */
public record NstOptions(
    @Description("compares two selectivity patterns") Kernel kernel,
    @Description("of the polynomial kernel (x.y + offset)^degree, 1 or more") int degree,
    @Description("of the polynomial kernel, 0 or more") double offset,
    @Description("of the gaussian kernel, above 0; when left out the image's mean squared distance")
        @Nullable Double sigmaSquared,
    @Description("teacher's tap: student's tap; paired by size when empty")
        Map<String, String> layers,
    @Description("factor of a pair by the teacher's tap, 0 or more; 1 when left out")
        Map<String, Double> layerWeights,
    @Description("which taps are paired when layers is empty") TapChoice tap,
    @Description("the side that is resized when the sizes of a pair differ")
        Interpolation interpolate) {

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
    if (degree < 1) {
      throw new InvalidOptionException("degree", degree, "1 or more");
    }
    if (!(offset >= 0 && offset < Double.POSITIVE_INFINITY)) {
      throw new InvalidOptionException(
          "offset", offset, "0 or more, else the kernel is not positive definite");
    }
    if (sigmaSquared != null && !(sigmaSquared > 0 && sigmaSquared < Double.POSITIVE_INFINITY)) {
      throw new InvalidOptionException("sigmaSquared", sigmaSquared, "a number above 0");
    }
    LayerSelection checked = new LayerSelection(layers, layerWeights, tap, interpolate);
    layers = checked.layers();
    layerWeights = checked.layerWeights();
  }

  /** The layers that are compared. */
  public LayerSelection selection() {
    return new LayerSelection(layers, layerWeights, tap, interpolate);
  }

  /** The same with another kernel. */
  public NstOptions with(Kernel other) {
    return new NstOptions(
        other, degree, offset, sigmaSquared, layers, layerWeights, tap, interpolate);
  }

  /** The same with another polynomial kernel. */
  public NstOptions polynomial(int otherDegree, double otherOffset) {
    return new NstOptions(
        Kernel.POLYNOMIAL,
        otherDegree,
        otherOffset,
        sigmaSquared,
        layers,
        layerWeights,
        tap,
        interpolate);
  }

  /** The same on other layers. */
  public NstOptions on(LayerSelection other) {
    return new NstOptions(
        kernel,
        degree,
        offset,
        sigmaSquared,
        other.layers(),
        other.layerWeights(),
        other.tap(),
        other.interpolate());
  }

  /** The paper's choice: the polynomial kernel of degree 2 without offset; layers by size. */
  public static NstOptions defaults() {
    LayerSelection layers = LayerSelection.automatic();
    return new NstOptions(
        Kernel.POLYNOMIAL,
        2,
        0,
        null,
        layers.layers(),
        layers.layerWeights(),
        layers.tap(),
        layers.interpolate());
  }
}
