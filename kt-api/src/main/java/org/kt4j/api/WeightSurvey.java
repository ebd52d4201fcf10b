package org.kt4j.api;

/** What a criterion may know of the weights of one convolution or dense layer. */
public interface WeightSurvey {

  /** The name of the layer, such as {@code layer1.0.conv1}. */
  String layer();

  /** Its weights, n numbers; those that are pruned already are 0. */
  float[] weights();

  /**
   * The second derivative of the loss by each weight, the diagonal of the Hessian, as the mean over
   * some training pictures.
   *
   * @return n numbers, none negative
   * @throws IllegalStateException when the criterion asks for no {@linkplain
   *     WeightCriterion#pictures pictures}
   */
  double[] curvature();
}
