package org.kt4j.comparison.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class HeatMapTest {

  /** The middles of the four positions lie at a quarter and three quarters of the picture. */
  private static final HeatMap SQUARE = new HeatMap(2, 2, new float[] {0, 4, 8, 2});

  @Test
  void the_middle_of_a_position_has_its_activation() {
    assertThat(SQUARE.at(0.25, 0.25)).isEqualTo(0);
    assertThat(SQUARE.at(0.25, 0.75)).isEqualTo(4);
    assertThat(SQUARE.at(0.75, 0.25)).isEqualTo(8);
    assertThat(SQUARE.at(0.75, 0.75)).isEqualTo(2);
  }

  @Test
  void between_middles_it_is_bilinear() {
    assertThat(SQUARE.at(0.25, 0.5)).isCloseTo(2, within(1e-12));
    assertThat(SQUARE.at(0.5, 0.5)).isCloseTo(3.5, within(1e-12));
    assertThat(SQUARE.at(0.375, 0.25)).isCloseTo(2, within(1e-12));
  }

  @Test
  void towards_the_edge_it_stays_as_it_is() {
    assertThat(SQUARE.at(0, 1)).isEqualTo(4);
    assertThat(SQUARE.at(1, 0)).isEqualTo(8);
  }

  @Test
  void one_channel_of_one_picture_is_taken_out_of_a_feature_map() {
    float[] map = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}; // [2, 1, 3, 2]

    assertThat(HeatMap.of(map, 1, 3, 2, 1, 0).activations()).containsExactly(7, 9, 11);
  }
}
