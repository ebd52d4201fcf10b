package org.kt4j.comparison.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TsneTest {

  private static final int CLUSTERS = 3;
  private static final int MEMBERS = 20;

  /** Three clouds in ten dimensions, ten standard deviations apart; point i is of cloud i / 20. */
  private static double[][] clouds() {
    Random random = new Random(7);
    double[][] points = new double[CLUSTERS * MEMBERS][10];
    for (int i = 0; i < points.length; i++) {
      for (int axis = 0; axis < 10; axis++) {
        points[i][axis] = random.nextGaussian() + (axis == i / MEMBERS ? 10 : 0);
      }
    }
    return squaredDistances(points);
  }

  private static double[][] squaredDistances(double[][] points) {
    double[][] squared = new double[points.length][points.length];
    for (int i = 0; i < points.length; i++) {
      for (int j = 0; j < points.length; j++) {
        for (int axis = 0; axis < points[i].length; axis++) {
          squared[i][j] += Math.pow(points[i][axis] - points[j][axis], 2);
        }
      }
    }
    return squared;
  }

  @Test
  void the_nearest_neighbours_of_every_point_are_of_its_own_cluster() {
    double[][] plane = squaredDistances(Tsne.embed(clouds(), 10, 1));

    for (int i = 0; i < plane.length; i++) {
      double[] from = plane[i];
      int cluster = i / MEMBERS;
      assertThat(
              IntStream.range(0, plane.length)
                  .boxed()
                  .sorted(Comparator.comparingDouble(j -> from[j]))
                  .limit(MEMBERS))
          .as("neighbours of point %d", i)
          .allMatch(j -> j / MEMBERS == cluster);
    }
  }

  @Test
  void the_same_seed_gives_the_same_plane_and_another_gives_another() {
    double[][] first = Tsne.embed(clouds(), 10, 1);

    assertThat(Tsne.embed(clouds(), 10, 1)).isDeepEqualTo(first);
    assertThat(Tsne.embed(clouds(), 10, 2)[0]).isNotEqualTo(first[0]);
  }

  @Test
  void the_plane_has_its_mean_at_the_origin() {
    double[][] plane = Tsne.embed(clouds(), 10, 1);

    for (int axis = 0; axis < 2; axis++) {
      int along = axis;
      assertThat(IntStream.range(0, plane.length).mapToDouble(i -> plane[i][along]).sum())
          .isCloseTo(0, within(1e-9)); // sixty roundings of numbers of order ten
    }
  }

  /** The entropy is added up here anew, in bits; the search counts in nats and another way. */
  @Test
  void the_search_hits_the_perplexity() {
    for (double perplexity : new double[] {2, 10, 30}) {
      for (double[] row : Affinities.conditional(clouds(), perplexity)) {
        double bits = 0;
        double sum = 0;
        for (double p : row) {
          bits -= p > 0 ? p * Math.log(p) / Math.log(2) : 0;
          sum += p;
        }
        assertThat(sum).isCloseTo(1, within(1e-12));
        assertThat(Math.pow(2, bits)).isCloseTo(perplexity, within(1e-4));
      }
    }
  }

  /** Worked by hand: three points at 0, 1 and 3; the outer two see the same two distances apart. */
  @Test
  void the_farther_point_is_picked_less_often_and_nobody_picks_itself() {
    double[][] line = {{0, 1, 9}, {1, 0, 4}, {9, 4, 0}};

    double[][] picks = Affinities.conditional(line, 1.5);

    for (int i = 0; i < 3; i++) {
      assertThat(picks[i][i]).isZero();
    }
    // The entropy of two picks decides them: the same two probabilities in every row.
    double near = picks[0][1];
    assertThat(picks[1][0]).isCloseTo(near, within(1e-6));
    assertThat(picks[2][1]).isCloseTo(near, within(1e-6));
    assertThat(near).isGreaterThan(0.5);
  }

  @Test
  void a_joint_affinity_is_symmetric_and_all_of_them_are_one() {
    double[][] joint = Affinities.joint(clouds(), 10);

    double sum = 0;
    for (int i = 0; i < joint.length; i++) {
      for (int j = 0; j < joint.length; j++) {
        assertThat(joint[i][j]).isEqualTo(joint[j][i]);
        sum += joint[i][j];
      }
    }
    assertThat(sum).isCloseTo(1, within(1e-12));
  }

  @Test
  void points_that_lie_upon_each_other_are_no_trouble() {
    double[][] plane = Tsne.embed(new double[8][8], 2, 1);

    for (double[] place : plane) {
      assertThat(place).doesNotContain(Double.NaN, Double.POSITIVE_INFINITY);
    }
  }

  @Test
  void a_perplexity_beyond_the_points_is_refused() {
    assertThatThrownBy(() -> Tsne.embed(clouds(), 20, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a perplexity of 20.0 does not fit 60 points");
  }
}
