package org.kt4j.detection.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class AnchorsTest {

  /** Halves of whole numbers, exact in float32 but for the roots. */
  private static final float ROUNDING = 1e-5f;

  /**
   * The numbers of detectron2's {@code test_default_anchor_generator_centered}: sizes 32 and 64,
   * ratios (height over width) 0.25, 1 and 4, stride 4, offset 0.5, a map of 1 x 2. There a box is
   * x, y, x, y; here y, x, y, x.
   */
  @Test
  void they_are_those_of_detectron2() {
    Anchors anchors = new Anchors(List.of(32.0, 64.0), List.of(0.25, 1.0, 4.0));

    float[][] boxes = anchors.over(1, 2, 4);

    float[][] published = {
      {-30, -6, 34, 10},
      {-14, -14, 18, 18},
      {-6, -30, 10, 34},
      {-62, -14, 66, 18},
      {-30, -30, 34, 34},
      {-14, -62, 18, 66},
      {-26, -6, 38, 10},
      {-10, -14, 22, 18},
      {-2, -30, 14, 34},
      {-58, -14, 70, 18},
      {-26, -30, 38, 34},
      {-10, -62, 22, 66}
    };
    assertThat(anchors.perCell()).isEqualTo(6);
    assertThat(boxes.length).isEqualTo(12);
    for (int i = 0; i < boxes.length; i++) {
      float[] xFirst = {boxes[i][1], boxes[i][0], boxes[i][3], boxes[i][2]};
      assertThat(xFirst).containsExactly(published[i], within(ROUNDING));
    }
  }

  @Test
  void rows_follow_each_other_a_stride_apart() {
    Anchors anchors = new Anchors(List.of(8.0), List.of(1.0));

    float[][] boxes = anchors.over(2, 3, 16);

    // Row 1, column 2: the centre is (24, 40).
    assertThat(boxes.length).isEqualTo(6);
    assertThat(boxes[5]).containsExactly(new float[] {20, 36, 28, 44}, within(ROUNDING));
    assertThat(boxes[3]).containsExactly(new float[] {20, 4, 28, 12}, within(ROUNDING));
  }

  @Test
  void the_ratio_is_height_over_width_and_the_area_stays() {
    float[] tall = new Anchors(List.of(10.0), List.of(2.0)).over(1, 1, 16)[0];

    float height = tall[2] - tall[0];
    float width = tall[3] - tall[1];

    assertThat(height / width).isCloseTo(2f, within(ROUNDING));
    assertThat(height * width).isCloseTo(100f, within(1e-3f));
  }
}
