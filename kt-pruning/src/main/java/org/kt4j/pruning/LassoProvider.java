package org.kt4j.pruning;

import java.util.Arrays;
import java.util.Set;
import org.kt4j.api.FilterCriterion;
import org.kt4j.api.FilterCriterionProvider;
import org.kt4j.api.FilterSurvey;

/**
 * {@code lasso}: the channels with whose contributions LASSO explains the next layer's output best,
 * {@code min over b of |y - sum b(c) z(c)|^2 / 2 + lambda |b|_1} with {@code y} the sum of all
 * contributions (He et al., Channel Pruning, 2017, equation 2, first step). The larger the penalty
 * at which a channel still has a coefficient, the higher its score.
 *
 * <p>The paper raises the penalty until as few channels are left as are wanted; here it falls from
 * where all coefficients are 0 to a ten-thousandth of that, so that every number of channels can be
 * read from one path.
 */
public final class LassoProvider implements FilterCriterionProvider<LassoProvider.Options> {

  /** The options; there are none. */
  public record Options() {}

  private static final int PENALTIES = 200;
  private static final double LAST = 1e-4;
  private static final int MOST_SWEEPS = 1000;
  private static final double PRECISION = 1e-9;

  /** A provider that {@link java.util.ServiceLoader} finds. */
  public LassoProvider() {}

  @Override
  public String name() {
    return "lasso";
  }

  @Override
  public String summary() {
    return "LASSO on what channels add to the next layer (He et al., Channel Pruning, 2017)";
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
        return path(survey.contributions());
      }

      @Override
      public double[] comparable(double[] scores) {
        double[] comparable = scores.clone();
        for (int i = 0; i < comparable.length; i++) {
          comparable[i] /= PENALTIES + 1.0;
        }
        return comparable;
      }
    };
  }

  /**
   * Scores along the path of falling penalties: at how many of them a channel has a coefficient,
   * plus the size of its last coefficient, between 0 and 1, for those that are equal in that.
   */
  static double[] path(double[][] gram) {
    int n = gram.length;
    double[] correlation = new double[n];
    double most = 0;
    for (int c = 0; c < n; c++) {
      correlation[c] = Arrays.stream(gram[c]).sum();
      most = Math.max(most, Math.abs(correlation[c]));
    }
    double[] scores = new double[n];
    double[] coefficients = new double[n];
    for (int step = 1; step <= PENALTIES && most > 0; step++) {
      double penalty = most * Math.pow(LAST, (double) step / PENALTIES);
      solve(gram, correlation, penalty, coefficients);
      for (int c = 0; c < n; c++) {
        scores[c] += coefficients[c] == 0 ? 0 : 1;
      }
    }
    for (int c = 0; c < n; c++) {
      double size = Math.abs(coefficients[c]);
      scores[c] += size / (1 + size);
    }
    return scores;
  }

  /**
   * Minimises {@code b' G b / 2 - b' r + lambda |b|_1} by coordinate descent (Friedman et al.,
   * Regularization Paths for Generalized Linear Models via Coordinate Descent, 2010).
   *
   * @param coefficients where it begins, and what it finds
   */
  static void solve(double[][] gram, double[] correlation, double penalty, double[] coefficients) {
    int n = gram.length;
    double[] slope = correlation.clone(); // r - G b
    for (int c = 0; c < n; c++) {
      if (coefficients[c] != 0) {
        subtract(slope, gram[c], coefficients[c]);
      }
    }
    for (int sweep = 0; sweep < MOST_SWEEPS; sweep++) {
      double change = 0;
      for (int c = 0; c < n; c++) {
        double own = gram[c][c];
        if (own <= 0) {
          continue;
        }
        double before = coefficients[c];
        double target = slope[c] + own * before;
        double after = Math.signum(target) * Math.max(0, Math.abs(target) - penalty) / own;
        if (after != before) {
          coefficients[c] = after;
          subtract(slope, gram[c], after - before);
          change = Math.max(change, Math.abs(after - before) * Math.sqrt(own));
        }
      }
      if (change <= PRECISION * Math.sqrt(Math.max(penalty, Double.MIN_NORMAL))) {
        return;
      }
    }
  }

  private static void subtract(double[] slope, double[] row, double factor) {
    for (int c = 0; c < slope.length; c++) {
      slope[c] -= row[c] * factor;
    }
  }
}
