package org.kt4j.detection.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.api.TapShapes;
import org.kt4j.detection.training.SmallDetectors;

class FasterRcnnTest {

  private static FasterRcnn detector(String tap, int height, int width) {
    return SmallDetectors.of(
        SmallDetectors.options(8, tap, height, width, FasterRcnnOptions.Head.DENSE, false));
  }

  @ParameterizedTest
  @CsvSource({"stage1, 4", "stage2, 8", "stage3, 16", "stage4, 32"})
  void the_stride_follows_from_the_tap(String tap, int stride) {
    assertThat(detector(tap, 64, 96).stride()).isEqualTo(stride);
  }

  @Test
  void a_tap_that_the_backbone_lacks_is_refused_and_those_that_it_has_are_named() {
    assertThatThrownBy(() -> detector("stage9", 64, 96))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("tap: no tap 'stage9'; known: [")
        .hasMessageContaining("stage3.pre-relu, stage3,");
  }

  @Test
  void a_tap_without_positions_is_refused() {
    assertThatThrownBy(() -> detector("pooled", 64, 96))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("tap: pooled is ")
        .hasMessageEndingWith("allowed: a map, [B, H, W, C]");
  }

  /** 98 gives a map of 7 x 7, of which 14 would be a divisor, though the stride is 16. */
  @ParameterizedTest
  @CsvSource({"100, 96", "96, 100", "98, 98", "72, 72"})
  void a_size_that_is_no_multiple_of_the_stride_is_refused(int height, int width) {
    assertThatThrownBy(() -> detector("stage3", height, width))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("height, width: " + height + " x " + width + " give a map of ")
        .hasMessageEndingWith("at stage3; allowed: multiples of its stride, which is 16");
  }

  @Test
  void it_teaches_its_backbones_maps_and_the_logits_of_regions() {
    TapShapes taught = detector("stage3", 64, 96).taught();

    // 64 / 16, 96 / 16, four times 8 channels; two classes and background.
    assertThat(taught.shape("stage3").asArray()).containsExactly(-1, 4, 6, 32);
    assertThat(taught.shape("logits").asArray()).containsExactly(-1, 3);
    assertThat(taught.contains("stage4")).isFalse();
  }
}
