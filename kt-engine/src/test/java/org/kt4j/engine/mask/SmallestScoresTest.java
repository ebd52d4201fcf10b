package org.kt4j.engine.mask;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.kt4j.engine.experiment.MaskConfig.Scope;

class SmallestScoresTest {

  private static SmallestScores.Layer layer(double... scores) {
    float[] mask = new float[scores.length];
    java.util.Arrays.fill(mask, 1);
    return new SmallestScores.Layer(scores, mask);
  }

  @Test
  void of_each_layer_the_same_share_is_zero() {
    List<SmallestScores.Layer> layers =
        List.of(layer(0.5, 0.1, 0.3, 0.4), layer(9, 8, 7, 6, 5, 4, 3, 2));

    List<float[]> masks = SmallestScores.masks(layers, 0.5, Scope.LAYER);

    assertThat(masks.get(0)).containsExactly(1, 0, 0, 1);
    assertThat(masks.get(1)).containsExactly(1, 1, 1, 1, 0, 0, 0, 0);
  }

  @Test
  void of_all_layers_together_the_smallest_scores_are_zero_wherever_they_are() {
    List<SmallestScores.Layer> layers =
        List.of(layer(0.5, 0.1, 0.3, 0.4), layer(9, 0.2, 7, 6, 5, 4, 3, 2));

    List<float[]> masks = SmallestScores.masks(layers, 0.5, Scope.GLOBAL);

    // Six of twelve: 0.1, 0.2, 0.3, 0.4, 0.5 and 2.
    assertThat(masks.get(0)).containsExactly(0, 0, 0, 0);
    assertThat(masks.get(1)).containsExactly(1, 0, 1, 1, 1, 1, 1, 0);
  }

  @Test
  void half_a_weight_is_rounded_up() {
    // 0.3 of 5 is 1.5, so 2; 0.3 of 4 is 1.2, so 1.
    assertThat(SmallestScores.masks(List.of(layer(1, 2, 3, 4, 5)), 0.3, Scope.LAYER).get(0))
        .containsExactly(0, 0, 1, 1, 1);
    assertThat(SmallestScores.masks(List.of(layer(1, 2, 3, 4)), 0.3, Scope.LAYER).get(0))
        .containsExactly(0, 1, 1, 1);
  }

  @Test
  void of_equal_scores_the_first_layer_and_its_first_weights_are_zero_first() {
    List<SmallestScores.Layer> layers = List.of(layer(1, 2, 1, 2), layer(1, 1, 0, 2));

    List<float[]> masks = SmallestScores.masks(layers, 0.5, Scope.GLOBAL);

    // The 0, and of four ones the first three.
    assertThat(masks.get(0)).containsExactly(0, 1, 0, 1);
    assertThat(masks.get(1)).containsExactly(0, 1, 0, 1);
  }

  @Test
  void what_is_zero_already_stays_so_and_counts_whatever_its_score() {
    SmallestScores.Layer pruned =
        new SmallestScores.Layer(new double[] {9, 1, 2, 3}, new float[] {0, 1, 1, 1});

    assertThat(SmallestScores.masks(List.of(pruned), 0.5, Scope.LAYER).get(0))
        .containsExactly(0, 0, 1, 1);
  }

  @Test
  void without_sparsity_nothing_is_zero() {
    assertThat(SmallestScores.masks(List.of(layer(0, 0, 1)), 0.1, Scope.GLOBAL).get(0))
        .containsExactly(1, 1, 1);
  }
}
