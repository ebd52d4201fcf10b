package org.kt4j.detection.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.kt4j.detection.data.Box;
import org.kt4j.detection.evaluation.Detection;

class DetectionBytesTest {

  @Test
  void detections_come_back_bit_by_bit_and_pictures_without_any_too() {
    List<List<Detection>> pictures =
        List.of(
            List.of(
                new Detection(new Box(1.0 / 3, 2, 3.5, Math.nextUp(4.0)), 7, 0.1),
                new Detection(new Box(0, 0, 1, 1), 0, Math.nextDown(1.0))),
            List.of(),
            List.of(new Detection(new Box(5, 6, 7, 8), 90, 1e-30)));

    assertThat(DetectionBytes.read(DetectionBytes.of(pictures))).isEqualTo(pictures);
  }

  @Test
  void no_picture_is_no_byte() {
    assertThat(DetectionBytes.of(List.of())).isEmpty();
    assertThat(DetectionBytes.read(new byte[0])).isEmpty();
  }
}
