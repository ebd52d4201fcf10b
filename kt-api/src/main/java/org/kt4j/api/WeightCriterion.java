package org.kt4j.api;

/**
 * Says how much single weights are worth to a network. Those with the smallest scores are set to
 * zero. A criterion is stateless: its scores are a function of the survey alone.
 */
public interface WeightCriterion {

  /**
   * Training pictures that {@link WeightSurvey#curvature} is measured on; 0 where it is not read.
   */
  default int pictures() {
    return 0;
  }

  /**
   * The score of each weight of one layer. Scores of several layers are compared with each other
   * where a mask has one threshold for all.
   *
   * @param survey of that layer
   * @return one finite number for each weight, in the order of the weights
   */
  double[] scores(WeightSurvey survey);
}
