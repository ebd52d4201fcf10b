package org.kt4j.pruning;

import java.util.SplittableRandom;
import org.kt4j.api.FilterCriterion;
import org.kt4j.api.FilterCriterionProvider;

/**
 * {@code random}: the control that every criterion has to beat; it does not look at the filters.
 */
public final class RandomProvider implements FilterCriterionProvider<RandomProvider.Options> {

  /** The options; there are none. */
  public record Options() {}

  /** A provider that {@link java.util.ServiceLoader} finds. */
  public RandomProvider() {}

  @Override
  public String name() {
    return "random";
  }

  @Override
  public String summary() {
    return "any filters, by the seed: the control for all other criteria";
  }

  @Override
  public Options defaults() {
    return new Options();
  }

  @Override
  public FilterCriterion create(Options options) {
    return survey -> {
      SplittableRandom random =
          new SplittableRandom(31 * survey.seed() + survey.layer().hashCode());
      double[] scores = new double[survey.filters()];
      for (int f = 0; f < scores.length; f++) {
        scores[f] = random.nextDouble();
      }
      return scores;
    };
  }
}
