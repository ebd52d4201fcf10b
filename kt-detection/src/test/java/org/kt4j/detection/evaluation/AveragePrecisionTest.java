package org.kt4j.detection.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AveragePrecisionTest {

  // Rounding of sums of at most 101 numbers below 1.
  private static final double TOLERANCE = 1e-12;

  // Found after each of five detections: 1, 1, 2, 3, 3 of five objects, so
  // recall               0.2  0.2  0.4  0.6  0.6
  // precision            1    1/2  2/3  3/4  3/5
  // highest from here on 1    3/4  3/4  3/4  3/5
  private final AveragePrecision curve =
      new AveragePrecision(new boolean[] {true, false, true, true, false}, 5);

  @Test
  void the_area_is_that_under_the_highest_precision_from_each_recall_on() {
    // 0.2 x 1 + 0.4 x 3/4
    assertThat(curve.area()).isCloseTo(0.5, within(TOLERANCE));
  }

  @Test
  void eleven_points_are_recalls_in_tenths() {
    // 1 at 0, 0.1, 0.2; 3/4 at 0.3 to 0.6; 0 at 0.7 to 1
    assertThat(curve.elevenPoint()).isCloseTo(6.0 / 11, within(TOLERANCE));
  }

  @Test
  void a_hundred_and_one_points_are_recalls_in_hundredths() {
    // 1 at 21 levels, 3/4 at 40, 0 at 40
    assertThat(curve.mean()).isCloseTo(51.0 / 101, within(TOLERANCE));
    assertThat(curve.levels()).hasSize(101);
    assertThat(curve.levels().get(20)).isEqualTo(1);
    assertThat(curve.levels().get(21)).isEqualTo(0.75);
    assertThat(curve.levels().get(60)).isEqualTo(0.75);
    assertThat(curve.levels().get(61)).isZero();
  }

  @Test
  void three_of_ten_objects_reach_a_recall_of_three_tenths() {
    // In double arithmetic, 3 x 0.1 is above 0.3. Four of the eleven points are reached.
    assertThat(new AveragePrecision(new boolean[] {true, true, true}, 10).elevenPoint())
        .isCloseTo(4.0 / 11, within(TOLERANCE));
  }

  @Test
  void without_detections_precision_is_0_and_without_objects_there_is_none() {
    AveragePrecision nothingFound = new AveragePrecision(new boolean[0], 3);
    AveragePrecision nothingThere = new AveragePrecision(new boolean[] {false}, 0);

    assertThat(nothingFound.area()).isZero();
    assertThat(nothingFound.elevenPoint()).isZero();
    assertThat(nothingFound.mean()).isZero();
    assertThat(nothingThere.area()).isNaN();
    assertThat(nothingThere.elevenPoint()).isNaN();
    assertThat(nothingThere.mean()).isNaN();
    assertThat(nothingThere.levels()).hasSize(101).containsOnly(Double.NaN);
  }

  @Test
  void detections_that_all_find_an_object_are_perfect() {
    AveragePrecision perfect = new AveragePrecision(new boolean[] {true, true}, 2);

    assertThat(perfect.area()).isEqualTo(1);
    assertThat(perfect.elevenPoint()).isCloseTo(1, within(TOLERANCE));
    assertThat(perfect.mean()).isCloseTo(1, within(TOLERANCE));
  }
}
