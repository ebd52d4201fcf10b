package org.kt4j.pruning;

import java.util.Set;
import org.kt4j.api.FilterCriterion;
import org.kt4j.api.FilterCriterionProvider;
import org.kt4j.api.FilterSurvey;

/**
 * {@code taylor}: the mean over pictures of the absolute value of the mean over positions of
 * activation times gradient of the loss (Molchanov et al., 2017, equation 8).
 */
public final class TaylorProvider implements FilterCriterionProvider<TaylorProvider.Options> {

  /** The options; there are none. */
  public record Options() {}

  /** A provider that {@link java.util.ServiceLoader} finds. */
  public TaylorProvider() {}

  @Override
  public String name() {
    return "taylor";
  }

  @Override
  public String summary() {
    return "activation times gradient of the loss (Molchanov et al., Pruning Convolutional Neural"
        + " Networks for Resource Efficient Inference, 2017)";
  }

  @Override
  public Options defaults() {
    return new Options();
  }

  @Override
  public FilterCriterion create(Options options) {
    return new FilterCriterion() {
      @Override
      public Set<Need> needs() {
        return Set.of(Need.ATTRIBUTIONS);
      }

      @Override
      public double[] scores(FilterSurvey survey) {
        return survey.attributions();
      }
    };
  }
}
