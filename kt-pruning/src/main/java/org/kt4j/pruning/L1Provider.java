package org.kt4j.pruning;

import org.kt4j.api.FilterCriterion;
import org.kt4j.api.FilterCriterionProvider;

/** {@code l1}: the sum of the absolute weights of a filter (Li et al., 2017, section 3.1). */
public final class L1Provider implements FilterCriterionProvider<L1Provider.Options> {

  /** The options; there are none. */
  public record Options() {}

  /** A provider that {@link java.util.ServiceLoader} finds. */
  public L1Provider() {}

  @Override
  public String name() {
    return "l1";
  }

  @Override
  public String summary() {
    return "sum of the absolute weights (Li et al., Pruning Filters for Efficient ConvNets, 2017)";
  }

  @Override
  public Options defaults() {
    return new Options();
  }

  @Override
  public FilterCriterion create(Options options) {
    return survey -> {
      double[] scores = new double[survey.filters()];
      for (int f = 0; f < scores.length; f++) {
        for (float weight : survey.weights(f)) {
          scores[f] += Math.abs(weight);
        }
      }
      return scores;
    };
  }
}
