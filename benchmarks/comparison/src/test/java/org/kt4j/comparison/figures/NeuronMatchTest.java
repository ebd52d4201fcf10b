package org.kt4j.comparison.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class NeuronMatchTest {

  private static final int PICTURES = 4;

  /** Neurons by their patterns: {@code [N * HW]}, every part of a picture at length one or zero. */
  private static NeuronPatterns patterns(double[][] teacher, double[][] before, double[][] after) {
    double[][] all = new double[teacher.length + before.length + after.length][];
    System.arraycopy(teacher, 0, all, 0, teacher.length);
    System.arraycopy(before, 0, all, teacher.length, before.length);
    System.arraycopy(after, 0, all, teacher.length + before.length, after.length);
    double[][] products = new double[all.length][all.length];
    for (int i = 0; i < all.length; i++) {
      for (int j = 0; j < all.length; j++) {
        for (int k = 0; k < all[i].length; k++) {
          products[i][j] += all[i][k] * all[j][k];
        }
      }
    }
    return new NeuronPatterns(new Trio<>(teacher.length, before.length, after.length), products);
  }

  private static final double[] LEFT = {1, 0, 1, 0, 1, 0, 1, 0};
  private static final double[] RIGHT = {0, 1, 0, 1, 0, 1, 0, 1};
  private static final double[] BETWEEN = {0.6, 0.8, 0.6, 0.8, 0.6, 0.8, 0.6, 0.8};
  private static final double[] SOMETIMES = {1, 0, 0, 0, 0, 0, 0, 0};
  private static final double[] DEAD = new double[8];

  private static final NeuronPatterns PLANTED =
      patterns(
          new double[][] {LEFT, RIGHT, DEAD},
          new double[][] {DEAD, BETWEEN},
          new double[][] {RIGHT, BETWEEN, LEFT});

  private static Neuron teacher(int channel) {
    return new Neuron(NeuronSet.TEACHER, channel);
  }

  @Test
  void planted_pairs_are_found() {
    Survey survey = new Survey(PLANTED, new float[][] {{4, 1}, {0, 1}, {0, 1}, {0, 5}}, List.of());

    List<NeuronMatch> matches = NeuronMatch.of(survey, 9, 1);

    assertThat(matches).hasSize(2);
    NeuronMatch left = matches.get(0);
    assertThat(left.neuron()).isEqualTo(teacher(0));
    assertThat(left.selectivity()).isEqualTo(4); // 4 over the mean of 4, 0, 0 and 0
    assertThat(left.pictures()).containsExactly(0);
    assertThat(left.before()).isEqualTo(new Neuron(NeuronSet.BEFORE, 1));
    assertThat(left.similarityBefore()).isCloseTo(0.6, within(1e-12));
    assertThat(left.after()).isEqualTo(new Neuron(NeuronSet.AFTER, 2));
    assertThat(left.similarityAfter()).isCloseTo(1, within(1e-12));
    NeuronMatch right = matches.get(1);
    assertThat(right.selectivity()).isEqualTo(2.5); // 5 over the mean of 1, 1, 1 and 5
    assertThat(right.pictures()).containsExactly(3);
    assertThat(right.similarityBefore()).isCloseTo(0.8, within(1e-12));
    assertThat(right.after()).isEqualTo(new Neuron(NeuronSet.AFTER, 0));
  }

  @Test
  void a_neuron_like_one_that_was_chosen_is_passed_over() {
    NeuronPatterns twins =
        patterns(new double[][] {LEFT, LEFT, RIGHT}, new double[][] {LEFT}, new double[][] {RIGHT});
    float[][] responses = {{9, 8, 1}, {0, 0, 1}, {0, 0, 1}, {0, 0, 2}};

    assertThat(NeuronMatch.of(new Survey(twins, responses, List.of()), 9, 1))
        .extracting(NeuronMatch::neuron)
        .containsExactly(teacher(0), teacher(2));
  }

  @Test
  void a_neuron_that_is_silent_on_more_than_nine_tenths_is_passed_over() {
    NeuronPatterns rare =
        patterns(new double[][] {SOMETIMES, RIGHT}, new double[][] {LEFT}, new double[][] {RIGHT});
    float[][] responses = new float[11][2];
    responses[0] = new float[] {5, 5};

    assertThat(NeuronMatch.of(new Survey(rare, responses, List.of()), 9, 1))
        .extracting(NeuronMatch::neuron)
        .containsExactly(teacher(1));
  }

  @Test
  void dead_neurons_are_no_points_and_like_nobody() {
    assertThat(PLANTED.alive(NeuronSet.TEACHER)).containsExactly(teacher(0), teacher(1));
    assertThat(PLANTED.pictures(teacher(0))).isEqualTo(PICTURES);
    assertThat(PLANTED.pictures(teacher(2))).isZero();
    assertThat(PLANTED.cosine(teacher(2), teacher(0))).isZero();
  }

  /** Of unit vectors with the cosine c the distance is sqrt(2 - 2 c). */
  @Test
  void the_nearest_distance_is_a_mean_over_the_teachers_living_neurons() {
    assertThat(PLANTED.meanNearestDistance(NeuronSet.BEFORE))
        .isCloseTo((Math.sqrt(0.8) + Math.sqrt(0.4)) / 2, within(1e-12));
    assertThat(PLANTED.meanNearestDistance(NeuronSet.AFTER)).isCloseTo(0, within(1e-7));
  }
}
