package org.kt4j.comparison.figures;

/**
 * Who a point's neighbours are, in t-SNE's sense (van der Maaten and Hinton, 2008, section 2): the
 * probability that point i would pick point j, under a Gaussian around i that is so wide that the
 * picks have a given perplexity, which is about the number of neighbours that matter.
 */
final class Affinities {

  private static final int BISECTIONS = 100;
  private static final double TOLERANCE = 1e-7;

  private Affinities() {}

  /**
   * {@code p(j|i) = exp(-b_i d_ij^2) / sum_k exp(-b_i d_ik^2)}, with b_i found by bisection; 0 for
   * the point itself.
   *
   * @param squaredDistances {@code [M, M]}
   * @param perplexity 2 to the entropy of each row in bits, less than {@code M - 1}
   * @return {@code [M, M]}, each row has the sum 1
   */
  static double[][] conditional(double[][] squaredDistances, double perplexity) {
    double[][] rows = new double[squaredDistances.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = row(squaredDistances[i], i, Math.log(perplexity));
    }
    return rows;
  }

  /**
   * The joint probability of a pair, {@code (p(j|i) + p(i|j)) / 2M}: every point counts in it,
   * however far from the others it lies.
   */
  static double[][] joint(double[][] squaredDistances, double perplexity) {
    double[][] p = conditional(squaredDistances, perplexity);
    double[][] joint = new double[p.length][p.length];
    for (int i = 0; i < p.length; i++) {
      for (int j = 0; j < p.length; j++) {
        joint[i][j] = (p[i][j] + p[j][i]) / (2 * p.length);
      }
    }
    return joint;
  }

  private static double[] row(double[] squaredDistances, int self, double entropy) {
    double[] picks = new double[squaredDistances.length];
    double least = 0;
    double most = Double.POSITIVE_INFINITY;
    double precision = 1;
    for (int step = 0; step < BISECTIONS; step++) {
      double excess = fill(picks, squaredDistances, self, precision) - entropy;
      if (Math.abs(excess) < TOLERANCE) {
        break;
      }
      if (excess > 0) {
        least = precision;
      } else {
        most = precision;
      }
      precision = Double.isInfinite(most) ? 2 * precision : (least + most) / 2;
    }
    return picks;
  }

  /** Fills in the picks and returns their entropy in nats. */
  private static double fill(
      double[] picks, double[] squaredDistances, int self, double precision) {
    double nearest = Double.POSITIVE_INFINITY;
    for (int j = 0; j < picks.length; j++) {
      nearest = j == self ? nearest : Math.min(nearest, squaredDistances[j]);
    }
    double sum = 0;
    double moment = 0;
    for (int j = 0; j < picks.length; j++) {
      // Measured from the nearest, so that the sum is never below one.
      double distance = squaredDistances[j] - nearest;
      picks[j] = j == self ? 0 : Math.exp(-precision * distance);
      sum += picks[j];
      moment += picks[j] * distance;
    }
    for (int j = 0; j < picks.length; j++) {
      picks[j] /= sum;
    }
    return Math.log(sum) + precision * moment / sum;
  }
}
