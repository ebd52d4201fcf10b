package org.kt4j.comparison.figures;

import java.util.Random;

/**
 * t-SNE, exact: places points in the plane so that neighbours stay neighbours (van der Maaten and
 * Hinton, Visualizing Data using t-SNE, 2008).
 *
 * <p>It minimises {@code KL(P || Q)}, P the {@link Affinities} of the points and Q those in the
 * plane, {@code q_ij = w_ij / sum w} with {@code w_ij = 1 / (1 + ||y_i - y_j||^2)}, by gradient
 * descent with momentum and a gain for each coordinate, as the paper does. Exaggeration and step
 * size are those that have become usual since: P is taken twelve times as large for the first 250
 * steps, and the step grows with the number of points (Belkina et al., 2019).
 *
 * <p>A thousand steps cost {@code M^2} each: below a second for 200 points, half a minute for
 * 3,000. The same seed gives the same plane.
 */
final class Tsne {

  private static final int STEPS = 1_000;
  private static final int EXAGGERATED_STEPS = 250;
  private static final double EXAGGERATION = 12;
  private static final double SMALLEST_RATE = 50;
  private static final double SMALLEST_GAIN = 0.01;
  private static final double FIRST_SPREAD = 1e-4;

  private final double[][] affinities;
  private final double[][] places;
  private final double[][] velocities;
  private final double[][] gains;
  private final double[][] attractions;

  private Tsne(double[][] affinities, long seed) {
    int points = affinities.length;
    this.affinities = affinities;
    places = new double[points][2];
    velocities = new double[points][2];
    gains = new double[points][2];
    attractions = new double[points][points];
    Random random = new Random(seed);
    for (int i = 0; i < points; i++) {
      for (int axis = 0; axis < 2; axis++) {
        places[i][axis] = FIRST_SPREAD * random.nextGaussian();
        gains[i][axis] = 1;
      }
    }
  }

  /**
   * Embeds points in the plane.
   *
   * @param squaredDistances between them, {@code [M, M]}, with M of 4 or more
   * @param perplexity about how many neighbours of a point matter, from 1 to {@code (M - 1) / 3}
   * @param seed of the first places
   * @return {@code [M, 2]}, with the mean at the origin
   */
  static double[][] embed(double[][] squaredDistances, double perplexity, long seed) {
    int points = squaredDistances.length;
    if (!(perplexity >= 1 && perplexity <= (points - 1) / 3.0)) {
      throw new IllegalArgumentException(
          "a perplexity of " + perplexity + " does not fit " + points + " points");
    }
    Tsne tsne = new Tsne(Affinities.joint(squaredDistances, perplexity), seed);
    double rate = Math.max(SMALLEST_RATE, points / (4 * EXAGGERATION));
    for (int step = 0; step < STEPS; step++) {
      boolean early = step < EXAGGERATED_STEPS;
      tsne.move(early ? EXAGGERATION : 1, early ? 0.5 : 0.8, rate);
    }
    return tsne.places;
  }

  /** One step down the gradient {@code 4 sum_j (p_ij - q_ij) w_ij (y_i - y_j)}. */
  private void move(double exaggeration, double momentum, double rate) {
    double sum = attract();
    int points = places.length;
    for (int i = 0; i < points; i++) {
      double x = 0;
      double y = 0;
      for (int j = 0; j < points; j++) {
        double w = attractions[i][j];
        double pull = (exaggeration * affinities[i][j] - w / sum) * w;
        x += pull * (places[i][0] - places[j][0]);
        y += pull * (places[i][1] - places[j][1]);
      }
      velocities[i][0] = velocity(i, 0, 4 * x, momentum, rate);
      velocities[i][1] = velocity(i, 1, 4 * y, momentum, rate);
    }
    for (int axis = 0; axis < 2; axis++) {
      double mean = 0;
      for (int i = 0; i < points; i++) {
        places[i][axis] += velocities[i][axis];
        mean += places[i][axis] / points;
      }
      for (int i = 0; i < points; i++) {
        places[i][axis] -= mean;
      }
    }
  }

  /** Computes w and returns its sum over all ordered pairs. */
  private double attract() {
    double sum = 0;
    for (int i = 0; i < places.length; i++) {
      for (int j = 0; j < i; j++) {
        double x = places[i][0] - places[j][0];
        double y = places[i][1] - places[j][1];
        double w = 1 / (1 + x * x + y * y);
        attractions[i][j] = w;
        attractions[j][i] = w;
        sum += 2 * w;
      }
    }
    return sum;
  }

  /** A coordinate that keeps its direction gains speed, one that swings loses it. */
  private double velocity(int point, int axis, double slope, double momentum, double rate) {
    boolean swings = slope > 0 == velocities[point][axis] > 0;
    double gain = gains[point][axis];
    gain = Math.max(SMALLEST_GAIN, swings ? gain * 0.8 : gain + 0.2);
    gains[point][axis] = gain;
    return momentum * velocities[point][axis] - rate * gain * slope;
  }
}
