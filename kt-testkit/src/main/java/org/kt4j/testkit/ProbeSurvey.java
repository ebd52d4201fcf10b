package org.kt4j.testkit;

import java.util.Arrays;
import java.util.Random;
import org.kt4j.api.FilterSurvey;

/**
 * A survey of a convolution that never was: random weights, attributions and contributions, of
 * which some filters may be dead.
 */
final class ProbeSurvey implements FilterSurvey {

  private static final int WEIGHTS = 18;
  private static final int POSITIONS = 64;

  private final float[][] weights;
  private final double[] attributions;
  private final double[][] contributions;
  private final long seed;

  private ProbeSurvey(
      float[][] weights, double[] attributions, double[][] contributions, long seed) {
    this.weights = weights;
    this.attributions = attributions;
    this.contributions = contributions;
    this.seed = seed;
  }

  /**
   * A survey.
   *
   * @param filters of the convolution
   * @param seed of all numbers
   * @param dead filters whose weights and outputs are 0
   */
  static ProbeSurvey of(int filters, long seed, int... dead) {
    return of(filters, seed, false, dead);
  }

  /**
   * The same survey, its pictures looked at from the last to the first.
   *
   * @param filters of the convolution
   * @param seed of all numbers
   */
  static ProbeSurvey backwards(int filters, long seed) {
    return of(filters, seed, true);
  }

  private static ProbeSurvey of(int filters, long seed, boolean backwards, int... dead) {
    Random random = new Random(seed);
    float[][] weights = new float[filters][WEIGHTS];
    for (float[] filter : weights) {
      for (int i = 0; i < WEIGHTS; i++) {
        filter[i] = (float) random.nextGaussian();
      }
    }
    double[][] outputs = new double[POSITIONS][filters];
    double[][] products = new double[POSITIONS][filters];
    for (int p = 0; p < POSITIONS; p++) {
      for (int f = 0; f < filters; f++) {
        outputs[p][f] = random.nextGaussian() * (1 + f % 3);
        products[p][f] = Math.abs(random.nextGaussian());
      }
    }
    for (int f : dead) {
      Arrays.fill(weights[f], 0);
      for (int p = 0; p < POSITIONS; p++) {
        outputs[p][f] = 0;
        products[p][f] = 0;
      }
    }
    double[] attributions = new double[filters];
    double[][] contributions = new double[filters][filters];
    for (int i = 0; i < POSITIONS; i++) {
      int p = backwards ? POSITIONS - 1 - i : i;
      for (int f = 0; f < filters; f++) {
        attributions[f] += products[p][f] / POSITIONS;
        for (int g = 0; g < filters; g++) {
          contributions[f][g] += outputs[p][f] * outputs[p][g];
        }
      }
    }
    return new ProbeSurvey(weights, attributions, contributions, seed);
  }

  @Override
  public String layer() {
    return "probe";
  }

  @Override
  public int filters() {
    return weights.length;
  }

  @Override
  public float[] weights(int filter) {
    return weights[filter].clone();
  }

  @Override
  public double[] attributions() {
    return attributions.clone();
  }

  @Override
  public double[][] contributions() {
    return Arrays.stream(contributions).map(double[]::clone).toArray(double[][]::new);
  }

  @Override
  public long seed() {
    return seed;
  }
}
