package org.kt4j.api;

import java.util.Set;

/**
 * Says how much the filters of a convolution are worth to a trained network. The filters with the
 * smallest scores are removed.
 *
 * <p>A criterion is stateless. Its scores are a function of the survey alone, so they depend
 * neither on the order of the pictures nor on how many were computed at once.
 */
public interface FilterCriterion {

  /** What a survey has to measure, beside the weights. */
  enum Need {
    /** {@link FilterSurvey#attributions}: a forward and a backward pass over some pictures. */
    ATTRIBUTIONS,
    /** {@link FilterSurvey#contributions}: a forward pass over some pictures. */
    CONTRIBUTIONS
  }

  /** What it reads of a survey; nothing but the weights unless stated. */
  default Set<Need> needs() {
    return Set.of();
  }

  /**
   * The score of each filter of one convolution.
   *
   * @param survey of that convolution
   * @return one finite number for each filter; a filter whose output is always 0 has the smallest
   */
  double[] scores(FilterSurvey survey);

  /**
   * Scores of one convolution such that they can be compared with those of another, for a budget
   * that is shared out over all. Divided by their Euclidean norm unless stated, as Molchanov et al.
   * do (Pruning Convolutional Neural Networks for Resource Efficient Inference, 2017, section 2.2).
   *
   * @param scores as {@link #scores} gave them
   */
  default double[] comparable(double[] scores) {
    double squares = 0;
    for (double score : scores) {
      squares += score * score;
    }
    double norm = Math.sqrt(squares);
    double[] comparable = scores.clone();
    for (int i = 0; norm > 0 && i < comparable.length; i++) {
      comparable[i] /= norm;
    }
    return comparable;
  }
}
