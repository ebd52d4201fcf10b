package org.kt4j.api;

/** What a criterion may know of one convolution of a trained network. */
public interface FilterSurvey {

  /** The name of the convolution, such as {@code layer1.0.conv1}. */
  String layer();

  /** The number of its filters, n. */
  int filters();

  /**
   * The weights of one filter.
   *
   * @return {@code in * kH * kW} numbers
   */
  float[] weights(int filter);

  /**
   * How much the loss would change, to first order, if a filter's output were 0: of each picture
   * the absolute value of the mean over all positions of activation times gradient of the loss,
   * then the mean over pictures (Molchanov et al., 2017, equation 8). The activation is the
   * filter's output behind its bias and batch normalisation.
   *
   * @return n numbers
   * @throws IllegalStateException when the criterion does not {@linkplain FilterCriterion#needs
   *     need} it
   */
  double[] attributions();

  /**
   * How the filters' outputs work together in the layers that read them: the Gram matrix {@code G}
   * of their contributions. {@code z(c)} holds what channel c adds to the outputs of those layers,
   * before bias and activation, at some positions of some pictures; {@code G[c][d] = z(c) . z(d)}.
   * So {@code |sum over S of z|^2} is the sum of {@code G} over {@code S x S}.
   *
   * @return n rows of n numbers
   * @throws IllegalStateException when the criterion does not {@linkplain FilterCriterion#needs
   *     need} it
   */
  double[][] contributions();

  /** The seed of the pruning, for criteria that draw. */
  long seed();
}
