package org.kt4j.pruning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.api.Test;
import org.kt4j.api.FilterSurvey;

/** Scores against numbers worked by hand, or by EJML. */
class CriteriaTest {

  @SuppressWarnings("ArrayRecordComponent") // read, never compared
  private record Given(
      String layer, long seed, float[][] weights, double[] products, double[][] gram)
      implements FilterSurvey {

    Given(float[][] weights, double[] products, double[][] gram) {
      this("conv", 1, weights, products, gram);
    }

    @Override
    public int filters() {
      return Math.max(weights.length, Math.max(products.length, gram.length));
    }

    @Override
    public float[] weights(int filter) {
      return weights[filter];
    }

    @Override
    public double[] attributions() {
      return products;
    }

    @Override
    public double[][] contributions() {
      return gram;
    }
  }

  @Test
  void l1_is_the_sum_of_absolute_weights() {
    Given survey =
        new Given(
            new float[][] {{1, -2, 0.5f}, {0, 0, 0}, {-4, 4, 1}}, new double[0], new double[0][]);

    double[] scores = new L1Provider().create(new L1Provider.Options()).scores(survey);

    assertThat(scores).containsExactly(3.5, 0, 9);
  }

  @Test
  void comparable_scores_have_length_one() {
    double[] comparable =
        new TaylorProvider()
            .create(new TaylorProvider.Options())
            .comparable(new double[] {3, 0, 4});

    assertThat(comparable).containsExactly(new double[] {0.6, 0, 0.8}, within(1e-12));
  }

  @Test
  void thinet_removes_first_what_the_sum_misses_least() {
    // z(0) = (3, 0), z(1) = (1, 0), z(2) = (-1, 0), z(3) = (0, 2). Alone, 1 and 2 add 1 each, of
    // which the last goes first. Then 1 + 2 = 0, so that 1 costs nothing; 3 adds 4, 0 adds 9.
    double[][] z = {{3, 0}, {1, 0}, {-1, 0}, {0, 2}};

    assertThat(ThinetProvider.steps(gram(z))).containsExactly(3, 1, 0, 2);
  }

  @Test
  void lasso_of_orthogonal_channels_is_a_threshold() {
    // Each coefficient is (g - lambda) / g where that is above 0.
    double[][] gram = {{4, 0, 0}, {0, 1, 0}, {0, 0, 9}};
    double[] coefficients = new double[3];

    LassoProvider.solve(gram, new double[] {4, 1, 9}, 2, coefficients);

    assertThat(coefficients).containsExactly(new double[] {0.5, 0, 7.0 / 9}, within(1e-12));
    // The first to have a coefficient as the penalty falls is the largest.
    double[] path = LassoProvider.path(gram);
    assertThat(path[2]).isGreaterThan(path[0]);
    assertThat(path[0]).isGreaterThan(path[1]);
  }

  @Test
  void lasso_meets_the_conditions_of_its_optimum() {
    double[][] gram = gram(random(6, 40, 5));
    double[] right = new double[6];
    for (int i = 0; i < 6; i++) {
      for (double value : gram[i]) {
        right[i] += value;
      }
    }
    for (double penalty : new double[] {60, 20, 5, 0.5}) {
      double[] found = new double[6];

      LassoProvider.solve(gram, right, penalty, found);

      // Where a coefficient is not 0 the slope is the penalty with its sign, elsewhere less.
      DMatrixRMaj product = new DMatrixRMaj(6, 1);
      CommonOps_DDRM.mult(new DMatrixRMaj(gram), new DMatrixRMaj(6, 1, true, found), product);
      for (int i = 0; i < 6; i++) {
        double slope = right[i] - product.get(i);
        if (found[i] == 0) {
          assertThat(Math.abs(slope)).isLessThanOrEqualTo(penalty + 1e-6);
        } else {
          assertThat(slope).isCloseTo(Math.signum(found[i]) * penalty, within(1e-6));
        }
      }
    }
  }

  @Test
  void lasso_without_much_of_a_penalty_is_least_squares() {
    double[][] z = random(5, 60, 9);
    DMatrixRMaj gram = new DMatrixRMaj(gram(z));
    double[] right = {3, -1, 2, 0.5, -4};
    DMatrixRMaj solution = new DMatrixRMaj(5, 1);
    CommonOps_DDRM.solve(gram, new DMatrixRMaj(5, 1, true, right), solution);
    double[] found = new double[5];

    LassoProvider.solve(gram(z), right, 1e-9, found);

    assertThat(found).containsExactly(solution.getData(), within(1e-6));
  }

  @Test
  void random_scores_are_a_function_of_seed_and_layer() {
    double[] once = random("conv", 1);

    assertThat(random("conv", 1)).isEqualTo(once);
    assertThat(once).doesNotHaveDuplicates();
    assertThat(random("conv", 2)).doesNotContain(once);
    assertThat(random("other", 1)).doesNotContain(once);
  }

  private static double[] random(String layer, long seed) {
    return new RandomProvider()
        .create(new RandomProvider.Options())
        .scores(new Given(layer, seed, new float[8][1], new double[0], new double[0][]));
  }

  @Test
  void least_squares_finds_the_weights_that_made_the_outputs() {
    DMatrixRMaj x = new DMatrixRMaj(random(50, 4, 3));
    DMatrixRMaj weights = new DMatrixRMaj(new double[][] {{1, -2}, {0.5, 3}, {-1, 0}, {2, 2}});
    DMatrixRMaj y = new DMatrixRMaj(50, 2);
    CommonOps_DDRM.mult(x, weights, y);

    DMatrixRMaj found = LeastSquares.solved(x, y);

    // The ridge moves them by a ten-thousandth.
    for (int i = 0; i < 8; i++) {
      assertThat(found.get(i)).isCloseTo(weights.get(i), within(1e-3));
    }
  }

  @Test
  void least_squares_solves_the_normal_equations_with_the_ridge() {
    DMatrixRMaj x = new DMatrixRMaj(random(30, 3, 21));
    DMatrixRMaj y = new DMatrixRMaj(random(30, 2, 22));
    DMatrixRMaj square = new DMatrixRMaj(3, 3);
    CommonOps_DDRM.multTransA(x, x, square);
    double ridge = LeastSquares.RIDGE * CommonOps_DDRM.trace(square) / 3;
    for (int i = 0; i < 3; i++) {
      square.add(i, i, ridge);
    }
    DMatrixRMaj inverse = new DMatrixRMaj(3, 3);
    CommonOps_DDRM.invert(square, inverse);
    DMatrixRMaj product = new DMatrixRMaj(3, 2);
    CommonOps_DDRM.multTransA(x, y, product);
    DMatrixRMaj expected = new DMatrixRMaj(3, 2);
    CommonOps_DDRM.mult(inverse, product, expected);

    assertThat(LeastSquares.solved(x, y).getData())
        .containsExactly(expected.getData(), within(1e-9));
  }

  /** Rows of numbers between -1 and 1. */
  private static double[][] random(int rows, int columns, long seed) {
    Random random = new Random(seed);
    double[][] numbers = new double[rows][columns];
    for (double[] row : numbers) {
      for (int i = 0; i < columns; i++) {
        row[i] = 2 * random.nextDouble() - 1;
      }
    }
    return numbers;
  }

  private static double[][] gram(double[][] z) {
    double[][] gram = new double[z.length][z.length];
    for (int i = 0; i < z.length; i++) {
      for (int j = 0; j < z.length; j++) {
        for (int k = 0; k < z[i].length; k++) {
          gram[i][j] += z[i][k] * z[j][k];
        }
      }
    }
    return gram;
  }
}
