package org.kt4j.pruning;

import java.util.Set;
import org.kt4j.api.FilterCriterion;
import org.kt4j.api.FilterCriterionProvider;
import org.kt4j.api.FilterSurvey;

/**
 * {@code thinet}: greedily removes the channel without which the next layer's output changes least,
 * {@code argmin |sum over T of z|^2} over the removed channels T (Luo et al., 2017, equation 6 and
 * algorithm 1). The score of a channel is the step in which it is removed.
 *
 * <p>The paper samples one output at each position; here some outputs of each are taken, see {@link
 * FilterSurvey#contributions}.
 */
public final class ThinetProvider implements FilterCriterionProvider<ThinetProvider.Options> {

  /** The options; there are none. */
  public record Options() {}

  /** A provider that {@link java.util.ServiceLoader} finds. */
  public ThinetProvider() {}

  @Override
  public String name() {
    return "thinet";
  }

  @Override
  public String summary() {
    return "greedily by the output of the next layer (Luo et al., ThiNet, 2017)";
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
        return Set.of(Need.CONTRIBUTIONS);
      }

      @Override
      public double[] scores(FilterSurvey survey) {
        return steps(survey.contributions());
      }

      @Override
      public double[] comparable(double[] scores) {
        return ranks(scores);
      }
    };
  }

  /** The step in which each channel is removed, the first is 0. */
  static double[] steps(double[][] gram) {
    int n = gram.length;
    double[] steps = new double[n];
    boolean[] removed = new boolean[n];
    double[] withRemoved = new double[n]; // of each channel, the sum of G over the removed ones
    for (int step = 0; step < n; step++) {
      int best = -1;
      double least = Double.POSITIVE_INFINITY;
      for (int c = 0; c < n; c++) {
        double growth = gram[c][c] + 2 * withRemoved[c];
        // Of equal ones the last goes first.
        if (!removed[c] && growth <= least) {
          least = growth;
          best = c;
        }
      }
      removed[best] = true;
      steps[best] = step;
      for (int c = 0; c < n; c++) {
        withRemoved[c] += gram[c][best];
      }
    }
    return steps;
  }

  /** Scores that are places, as shares of their number: 0 to 1 in each layer. */
  static double[] ranks(double[] scores) {
    double[] ranks = new double[scores.length];
    for (int i = 0; i < ranks.length; i++) {
      ranks[i] = (scores[i] + 1) / scores.length;
    }
    return ranks;
  }
}
