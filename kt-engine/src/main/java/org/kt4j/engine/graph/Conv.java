package org.kt4j.engine.graph;

/**
 * The geometry of a convolution, counted as PyTorch does: the same number of zeros on every side.
 *
 * @param filters output channels; 0 for a depthwise convolution, which keeps its input's
 * @param kernel height and width of the kernel
 * @param stride in both directions
 * @param padding zeros on each of the four sides
 * @param bias whether a bias is added
 */
public record Conv(int filters, int kernel, int stride, int padding, boolean bias) {

  /** Stride 1, padded to keep the size of the map, no bias. */
  public static Conv of(int filters, int kernel) {
    return new Conv(filters, kernel, 1, kernel / 2, false);
  }

  /** A depthwise convolution: stride 1, padded to keep the size of the map, no bias. */
  public static Conv depthwise(int kernel) {
    return of(0, kernel);
  }

  /** With another number of filters. */
  public Conv filters(int filters) {
    return new Conv(filters, kernel, stride, padding, bias);
  }

  /** With another stride. */
  public Conv stride(int stride) {
    return new Conv(filters, kernel, stride, padding, bias);
  }

  /** With another padding. */
  public Conv padding(int padding) {
    return new Conv(filters, kernel, stride, padding, bias);
  }

  /** With a bias. */
  public Conv withBias() {
    return new Conv(filters, kernel, stride, padding, true);
  }
}
